//! Answers "echo_rust" with "echo_rust_reply": the text that it got.

mod abi;

use core::ffi::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::null;

/// One instance: an entry of the configuration.
struct Echo {
    host: *const abi::Host,
}

/// Runs body; a panic is logged and becomes FAILED, since nothing may unwind into the host.
fn guard(host: *const abi::Host, body: impl FnOnce() -> i32) -> i32 {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        unsafe { ((*host).log)(host, abi::LOG_ERROR, abi::Str::new("a panic was caught")) };
        abi::FAILED
    })
}

unsafe extern "C" fn create(host: *const abi::Host, _config: abi::Str, this: *mut *mut c_void) -> i32 {
    guard(host, || {
        let added = unsafe { ((*host).add_type)(host, abi::Str::new("echo_rust"), 0, 0) };
        if added != abi::OK {
            unsafe { ((*host).log)(host, abi::LOG_ERROR, abi::Str::new("cannot register echo_rust")) };
            return abi::FAILED;
        }
        unsafe { *this = Box::into_raw(Box::new(Echo { host })).cast() };
        abi::OK
    })
}

/// The member of data with that name. Elements are member_stride apart, whatever size is known here.
unsafe fn find<'a>(message: &'a abi::Message, key: &str) -> Option<&'a abi::Member> {
    (0..message.member_count as usize)
        .map(|i| unsafe { &*message.members.byte_add(i * message.member_stride as usize) })
        .find(|member| unsafe { member.key.bytes() } == key.as_bytes())
}

unsafe extern "C" fn handle(this: *mut c_void, call: *mut abi::Call, message: *const abi::Message) -> i32 {
    let echo = unsafe { &*this.cast::<Echo>() };
    guard(echo.host, || unsafe {
        let message = &*message;
        let host = &*echo.host;
        let Some(text) = find(message, "text").filter(|text| text.kind == abi::JSON_STRING) else {
            (host.fail)(call, abi::E_MISSING_FIELD, abi::Str::new("data.text is missing, or is no string"));
            return abi::REFUSED;
        };
        // The value keeps its quotes and escapes: it goes out as it came in.
        let json = [b"{\"text\":", text.value.bytes(), b"}"].concat();
        let json = abi::Str { ptr: json.as_ptr().cast(), len: json.len() as u64 };
        match (host.reply)(call, abi::Str::new("echo_rust_reply"), message.job_id, json) {
            abi::INVALID => abi::FAILED,
            _ => abi::OK, // also where the peer has gone: there is nobody to be told
        }
    })
}

unsafe extern "C" fn destroy(this: *mut c_void) {
    let echo = unsafe { Box::from_raw(this.cast::<Echo>()) };
    let host = echo.host;
    guard(host, move || {
        drop(echo);
        abi::OK
    });
}

static HANDLER: abi::Handler = abi::Handler {
    struct_size: size_of::<abi::Handler>() as u32,
    reserved: 0,
    create: Some(create),
    start: null(),
    handle: Some(handle),
    observe: null(),
    connected: null(),
    hello: null(),
    disconnected: null(),
    tick: null(),
    event: null(),
    stop: null(),
    destroy: Some(destroy),
    probe: null(),
};

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static crawlhub_plugin_v1: abi::Plugin = abi::Plugin {
    struct_size: size_of::<abi::Plugin>() as u32,
    abi_major: abi::ABI_MAJOR,
    needs_host_minor: 1,
    kind: abi::KIND_HANDLER,
    flags: 0,
    name: c"handler-rust".as_ptr(),
    version: c"1.0.0".as_ptr(),
    summary: c"Answers echo_rust with the text that it got; in Rust.".as_ptr(),
    config_schema: null(),
    after: null(),
    vtable: (&raw const HANDLER).cast(),
};
