// Building lists of storage operations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <crawlhub/abi/storage.h>
#include <crawlhub/flat.hpp>
#include <crawlhub/json_value.hpp>

namespace crawlhub::inline sdk {

class OpBuilder;

// An operation being built. Holds no pointer into the builder's memory, so it stays good while the builder
// grows, until its clear(). Thread: of its builder.
template <class T>
class OpBody {
 public:
  // The body's fields. The pointer itself is good until the builder is next changed.
  T* operator->() const noexcept;
  // Copies text into the body. Empty: absent.
  const OpBody& text(crawlhub_text T::*field, std::string_view text) const;
  // The string that member holds, unescaped straight into the body; absent where it is no string.
  const OpBody& text(crawlhub_text T::*field, Member member) const;
  // The member's JSON text as it was sent; absent where it is absent or null.
  const OpBody& json(crawlhub_text T::*field, Member member) const { return text(field, member.raw()); }

 private:
  friend class OpBuilder;
  OpBody(OpBuilder& builder, std::size_t index) noexcept : builder_(&builder), index_(index) {}
  OpBuilder* builder_;
  std::size_t index_;
};

// A list of operations with their keys and bodies, in memory that is used again: no allocation once it has
// grown.
//   ops.clear();
//   auto event = ops.add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, CRAWLHUB_OP_MERGE, message.job_id());
//   event->event = CRAWLHUB_EVENT_PROGRESS;
//   event.text(&crawlhub_job_event::stage, message.data().find("stage"));
//   return call.submit(ops);
// Thread: one at a time; keep one a lane (PerLane<OpBuilder>).
class OpBuilder {
 public:
  // Appends an operation whose body is a T, all zero but for its struct_size. kind: CRAWLHUB_OP_*; flags:
  // CRAWLHUB_OP_MERGE and the like. key is copied.
  template <class T>
  OpBody<T> add(std::uint32_t kind, std::uint32_t flags, std::string_view key) {
    add_place(kind, flags, key).body = bytes_.append_struct<T>();
    places_.back().body_size = sizeof(T);
    return OpBody<T>(*this, places_.size() - 1);
  }
  // Appends an operation without body.
  void add(std::uint32_t kind, std::uint32_t flags, std::string_view key) { add_place(kind, flags, key); }

  std::size_t size() const noexcept { return places_.size(); }
  bool empty() const noexcept { return places_.empty(); }
  // Forgets the operations and keeps the memory (up to FlatBuffer::kKeep).
  void clear() noexcept {
    bytes_.clear();
    places_.clear();
    ops_.clear();
  }

  // Lives: until the builder is next changed. The host copies what it is given.
  std::span<const crawlhub_op> ops() {
    ops_.resize(places_.size());
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const Place& place = places_[i];
      crawlhub_op& op = ops_[i];
      op.struct_size = sizeof op;
      op.kind = place.kind;
      op.flags = place.flags;
      op.body_size = place.body_size;
      op.key = {bytes_.at(place.key), place.key_size};
      op.body = place.body_size == 0 ? nullptr : bytes_.at(place.body);
      op.submission = 0;
    }
    return ops_;
  }

 private:
  template <class T>
  friend class OpBody;

  struct Place {  // offsets into bytes_
    std::uint32_t kind, flags;
    std::size_t key, key_size;
    std::size_t body;
    std::uint32_t body_size;
  };

  Place& add_place(std::uint32_t kind, std::uint32_t flags, std::string_view key) {
    const std::size_t offset = bytes_.append(key);
    return places_.emplace_back(Place{kind, flags, offset, key.size(), 0, 0});
  }

  // A body is one piece. Where another was begun after it, it moves to the end before it grows.
  Place& growing(std::size_t index) {
    Place& place = places_[index];
    if (place.body + place.body_size == bytes_.size()) return place;
    bytes_.align();
    const std::vector<char> old(bytes_.at(place.body), bytes_.at(place.body) + place.body_size);
    place.body = bytes_.append({old.data(), old.size()});
    return place;
  }

  // write appends to bytes_; returns the place of what it appended.
  template <class Write>
  crawlhub_text append_text(std::size_t index, Write write) {
    Place& place = growing(index);
    const crawlhub_text text = write(place.body);
    place.body_size = static_cast<std::uint32_t>(bytes_.size() - place.body);
    return text;
  }

  FlatBuffer bytes_;
  std::vector<Place> places_;
  std::vector<crawlhub_op> ops_;
  std::string unescaped_;
};

template <class T>
T* OpBody<T>::operator->() const noexcept {
  return reinterpret_cast<T*>(builder_->bytes_.at(builder_->places_[index_].body));
}

template <class T>
const OpBody<T>& OpBody<T>::text(crawlhub_text T::*field, std::string_view text) const {
  const auto copy = [&](std::size_t body) { return builder_->bytes_.append_text(body, text); };
  const crawlhub_text place = builder_->append_text(index_, copy);
  operator->()->*field = place;
  return *this;
}

template <class T>
const OpBody<T>& OpBody<T>::text(crawlhub_text T::*field, Member member) const {
  return text(field, member.string(builder_->unescaped_).value_or(""));
}

}  // namespace crawlhub::inline sdk
