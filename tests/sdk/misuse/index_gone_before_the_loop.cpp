#include <crawlhub/json_index.hpp>

int count(std::string_view json) {
  int members = 0;
#ifdef MISUSE
  for (const crawlhub::Member member : crawlhub::JsonIndex(json).members()) members += member.present();
#else
  const crawlhub::JsonIndex index(json);
  for (const crawlhub::Member member : index.members()) members += member.present();
#endif
  return members;
}
