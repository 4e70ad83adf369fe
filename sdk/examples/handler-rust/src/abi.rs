//! The part of `<crawlhub/abi/*.h>` that a handler needs. Functions that are not used are declared as opaque pointers:
//! they keep the others in their places.

use core::ffi::{c_char, c_void};

pub const ABI_MAJOR: u16 = 0;
pub const KIND_HANDLER: u32 = 1;

pub const OK: i32 = 0;
pub const REFUSED: i32 = 2;
pub const FAILED: i32 = -1;
pub const INVALID: i32 = -3;

pub const LOG_ERROR: i32 = 5;
pub const JSON_STRING: u32 = 4;

pub const E_MISSING_FIELD: i32 = 303;

/// Text: UTF-8, not terminated. Lives as long as whoever gave it says.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    pub ptr: *const c_char,
    pub len: u64,
}

impl Str {
    pub fn new(text: &str) -> Str {
        Str { ptr: text.as_ptr().cast(), len: text.len() as u64 }
    }

    /// # Safety
    /// The text must live for 'a.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.len == 0 {
            return &[];
        }
        core::slice::from_raw_parts(self.ptr.cast(), self.len as usize)
    }
}

/// A call in progress, known to the host only.
#[repr(C)]
pub struct Call {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Member {
    pub key: Str,
    pub value: Str,
    pub kind: u32,
    pub reserved: u32,
}

#[repr(C)]
pub struct Message {
    pub struct_size: u32,
    pub flags: u32,
    pub route: u32,
    pub member_stride: u32,
    pub member_count: u32,
    pub extra_count: u32,
    pub members: *const Member,
    pub extras: *const Member,
    pub text: Str,
    pub kind: Str,
    pub job_id: Str,
    pub timestamp: Str,
    pub data: Str,
    pub seq: u64,
    pub lease: u64,
    pub time_ns: i64,
    pub connection: *const c_void,
}

/// The beginning of the host's table; what follows is not needed here.
#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_minor: u32,
    pub add_type: unsafe extern "C" fn(*const Host, Str, u32, u32) -> i32,
    pub registration: [*const c_void; 4],
    pub reply: unsafe extern "C" fn(*mut Call, Str, Str, Str) -> i32,
    pub fail: unsafe extern "C" fn(*mut Call, i32, Str) -> i32,
    pub calls: [*const c_void; 11],
    pub log: unsafe extern "C" fn(*const Host, i32, Str),
}

#[repr(C)]
pub struct Handler {
    pub struct_size: u32,
    pub reserved: u32,
    pub create: Option<unsafe extern "C" fn(*const Host, Str, *mut *mut c_void) -> i32>,
    pub start: *const c_void,
    pub handle: Option<unsafe extern "C" fn(*mut c_void, *mut Call, *const Message) -> i32>,
    pub observe: *const c_void,
    pub connected: *const c_void,
    pub hello: *const c_void,
    pub disconnected: *const c_void,
    pub tick: *const c_void,
    pub event: *const c_void,
    pub stop: *const c_void,
    pub destroy: Option<unsafe extern "C" fn(*mut c_void)>,
    pub probe: *const c_void,
}

#[repr(C)]
pub struct Plugin {
    pub struct_size: u32,
    pub abi_major: u16,
    pub needs_host_minor: u16,
    pub kind: u32,
    pub flags: u32,
    pub name: *const c_char,
    pub version: *const c_char,
    pub summary: *const c_char,
    pub config_schema: *const c_char,
    pub after: *const c_char,
    pub vtable: *const c_void,
}

// Constants that point to constants: safe to share.
unsafe impl Sync for Handler {}
unsafe impl Sync for Plugin {}
