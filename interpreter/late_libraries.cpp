// The libraries of the network, loaded at the first call of one of their functions: most of what starting Qi takes
// would otherwise be the loader's work for them, and of that most for libcrypto (docs/bench/language.md).
//
// This file defines each of their functions that the program calls, as a jump through a slot. At first a slot leads to
// `qi_late_first`, which loads the library, fills all its slots, and goes on to the function: callers notice nothing.
// The slots are read-only but for that moment, as what the loader looks up at the start is. What the libraries call
// isn't touched: these definitions can't be seen from outside the program. What a program can run into asks for the
// library first (base/late_libraries.hpp), so that one that can't be loaded is an error of the program; `qi --version`
// ends there.
//
// Any thread.
#include "late_functions.hpp"

#include "base/late_libraries.hpp"
#include "base/message.hpp"
#include "base/messages.hpp"
#include "base/mutex.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <iterator>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace qi {

namespace {

constexpr const char* late_libraries[] = {QI_LATE_LIBRARIES};
constexpr int late_exit_status = 127; // the loader's own, where a library is missing

struct LateFunction {
    const char* name;
    std::size_t library;
};

#define ROW(index, name, library) {#name, library},
constexpr LateFunction late_functions[] = {QI_LATE_FUNCTIONS(ROW)};
#undef ROW
constexpr std::size_t late_count = std::size(late_functions);

} // namespace

} // namespace qi

// One function: where its slot leads is not known here, so all registers that can hold arguments are as the caller left
// them.
#if defined(__x86_64__)
#define QI_LATE_FUNCTION(index, name, library)                                                                         \
    "    .globl " #name "\n    .hidden " #name "\n    .type " #name ", @function\n"                                    \
    "" #name ":\n    endbr64\n    jmp *qi_late_slots+8*" #index "(%rip)\n"                                             \
    "qi_late_first_" #index ":\n    endbr64\n    push $" #index "\n    jmp qi_late_first\n"
// rdi to r9 and xmm0 to xmm7 hold arguments, rax how many of the latter there are (System V ABI 3.2.3, 3.5.7).
asm(".text\n"
    "qi_late_first:\n"
    "    push %rax\n    push %rdi\n    push %rsi\n    push %rdx\n    push %rcx\n    push %r8\n    push %r9\n"
    "    sub $136, %rsp\n"
    "    movups %xmm0, (%rsp)\n    movups %xmm1, 16(%rsp)\n    movups %xmm2, 32(%rsp)\n    movups %xmm3, 48(%rsp)\n"
    "    movups %xmm4, 64(%rsp)\n    movups %xmm5, 80(%rsp)\n    movups %xmm6, 96(%rsp)\n    movups %xmm7, 112(%rsp)\n"
    "    mov 192(%rsp), %edi\n"
    "    call qi_late_function\n"
    "    mov %rax, %r11\n"
    "    movups (%rsp), %xmm0\n    movups 16(%rsp), %xmm1\n    movups 32(%rsp), %xmm2\n    movups 48(%rsp), %xmm3\n"
    "    movups 64(%rsp), %xmm4\n    movups 80(%rsp), %xmm5\n    movups 96(%rsp), %xmm6\n    movups 112(%rsp), %xmm7\n"
    "    add $136, %rsp\n"
    "    pop %r9\n    pop %r8\n    pop %rcx\n    pop %rdx\n    pop %rsi\n    pop %rdi\n    pop %rax\n"
    "    add $8, %rsp\n"
    "    jmp *%r11\n" QI_LATE_FUNCTIONS(QI_LATE_FUNCTION));
#define QI_LATE_POINTER ".quad"
#elif defined(__aarch64__)
#define QI_LATE_FUNCTION(index, name, library)                                                                         \
    "    .globl " #name "\n    .hidden " #name "\n    .type " #name ", %function\n"                                    \
    "" #name ":\n    hint #34\n"                                                                                       \
    "    adrp x16, qi_late_slots+8*" #index "\n    ldr x16, [x16, :lo12:qi_late_slots+8*" #index "]\n    br x16\n"     \
    "qi_late_first_" #index ":\n    hint #34\n    mov w17, #" #index "\n    b qi_late_first\n"
// x0 to x7 and v0 to v7 hold arguments, x8 where the result goes (AAPCS64 6.8.2).
asm(".text\n"
    "qi_late_first:\n"
    "    stp x29, x30, [sp, #-224]!\n    mov x29, sp\n"
    "    stp x0, x1, [sp, #16]\n    stp x2, x3, [sp, #32]\n    stp x4, x5, [sp, #48]\n    stp x6, x7, [sp, #64]\n"
    "    str x8, [sp, #80]\n"
    "    stp q0, q1, [sp, #96]\n    stp q2, q3, [sp, #128]\n    stp q4, q5, [sp, #160]\n    stp q6, q7, [sp, #192]\n"
    "    mov w0, w17\n"
    "    bl qi_late_function\n"
    "    mov x16, x0\n"
    "    ldp q0, q1, [sp, #96]\n    ldp q2, q3, [sp, #128]\n    ldp q4, q5, [sp, #160]\n    ldp q6, q7, [sp, #192]\n"
    "    ldr x8, [sp, #80]\n"
    "    ldp x0, x1, [sp, #16]\n    ldp x2, x3, [sp, #32]\n    ldp x4, x5, [sp, #48]\n    ldp x6, x7, [sp, #64]\n"
    "    ldp x29, x30, [sp], #224\n"
    "    br x16\n" QI_LATE_FUNCTIONS(QI_LATE_FUNCTION));
#define QI_LATE_POINTER ".xword"
#endif

#define QI_LATE_SLOT(index, name, library) "    " QI_LATE_POINTER " qi_late_first_" #index "\n"
asm(".section .data.rel.ro.qi_late, \"aw\"\n"
    "    .balign 8\n"
    "    .globl qi_late_slots\n    .hidden qi_late_slots\n"
    "qi_late_slots:\n" QI_LATE_FUNCTIONS(QI_LATE_SLOT) ".text\n");

extern "C" {
extern std::uintptr_t qi_late_slots[] __attribute__((visibility("hidden")));
void* qi_late_function(std::uint32_t index) noexcept __attribute__((visibility("hidden"), used));
}

namespace qi {

namespace {

[[noreturn]] void cant_load(const char* why) noexcept {
    std::fprintf(stderr, "qi: %s\n", format(msg::cant_load_library, {why}).c_str());
    ::_exit(late_exit_status);
}

class LateLibraries {
public:
    void* function(std::size_t index) noexcept {
        const Lock lock(mutex_);
        if (const char* why = load(late_functions[index].library)) cant_load(why);
        return reinterpret_cast<void*>(qi_late_slots[index]);
    }
    /// Null, or why one of them can't be.
    const char* load_those(std::string_view which) noexcept {
        const Lock lock(mutex_);
        const char* why = nullptr;
        for (std::size_t library = 0; library < std::size(late_libraries) && why == nullptr; ++library)
            if (std::string_view(late_libraries[library]).starts_with(which)) why = load(library);
        return why;
    }

private:
    const char* load(std::size_t library) noexcept QI_REQUIRES(mutex_) {
        if (loaded_[library]) return nullptr;
        void* const handle = ::dlopen(late_libraries[library], RTLD_LAZY); // unless its own flags want all bound
        if (handle == nullptr) return ::dlerror();
        if (!protect_slots(PROT_READ | PROT_WRITE)) return std::strerror(errno);
        loaded_[library] = fill_slots(library, handle);
        protect_slots(PROT_READ);
        return loaded_[library] ? nullptr : ::dlerror();
    }

    /// False: a function isn't there.
    static bool fill_slots(std::size_t library, void* handle) noexcept {
        for (std::size_t i = 0; i < late_count; ++i) {
            if (late_functions[i].library != library) continue;
            void* const found = ::dlsym(handle, late_functions[i].name);
            if (found == nullptr) return false;
            // Another thread may be on its way through the slot.
            std::atomic_ref(qi_late_slots[i]).store(reinterpret_cast<std::uintptr_t>(found), std::memory_order_release);
        }
        return true;
    }

    /// Of all pages that slots are in, so one library is loaded after the other.
    static bool protect_slots(int protection) noexcept {
        const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
        const auto begin = reinterpret_cast<std::uintptr_t>(qi_late_slots) / page * page;
        const auto end = reinterpret_cast<std::uintptr_t>(qi_late_slots + late_count);
        return ::mprotect(reinterpret_cast<void*>(begin), end - begin, protection) == 0;
    }

    Mutex mutex_;
    bool loaded_[std::size(late_libraries)] QI_GUARDED_BY(mutex_) = {};
};

LateLibraries& late_libraries_loaded() noexcept {
    static LateLibraries libraries;
    return libraries;
}

} // namespace

} // namespace qi

void* qi_late_function(std::uint32_t index) noexcept { return qi::late_libraries_loaded().function(index); }

const char* qi_load_libraries(const char* which) noexcept { return qi::late_libraries_loaded().load_those(which); }
