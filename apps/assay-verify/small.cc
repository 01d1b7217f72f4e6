// Keeps the program small: what the C++ library and libsodium do in cases that cannot come back is replaced by
// stopping, so that exceptions, their texts in every language, key making and password hashing are not linked in. Only
// for the static build, which is compiled without exceptions.
#include <cstdlib>
#include <new>

namespace std {  // the symbols that the GNU library's headers call
[[noreturn]] void __throw_length_error(const char*) { std::abort(); }
[[noreturn]] void __throw_logic_error(const char*) { std::abort(); }
[[noreturn]] void __throw_out_of_range(const char*) { std::abort(); }
[[noreturn]] void __throw_out_of_range_fmt(const char*, ...) { std::abort(); }
[[noreturn]] void __throw_bad_alloc() { std::abort(); }
[[noreturn]] void __throw_bad_array_new_length() { std::abort(); }
}  // namespace std

void* operator new(std::size_t size) {
  if (void* const made = std::malloc(size ? size : 1)) return made;
  std::abort();
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }

extern "C" {  // libsodium's core: verifying needs no start, hashing and checking share no state
void sodium_misuse() { std::abort(); }
int sodium_init() { return 0; }
int sodium_crit_enter() { return 0; }
int sodium_crit_leave() { return 0; }
}
