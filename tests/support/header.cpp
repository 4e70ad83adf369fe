// Exists so that its target compiles the precompiled header that all tests share.
