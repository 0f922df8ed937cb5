// A team of threads: the caller and workers that wait for it.
//
// One pool a process, made when first needed. Between two tasks a worker spins briefly, then yields, then sleeps; so many
// short tasks in a row cost a fraction of a microsecond each and an idle pool costs nothing. A second caller at
// the same time works alone: results do not depend on the number of threads. After a fork the child makes its own pool.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// While it lives, numbers too small for the normal format count as zero on this thread: Adam's moments of a dead unit and a
// certain softmax get there, and a processor is a hundred times slower on them.
class FlushSubnormals {
#if defined(__x86_64__)
    const unsigned before = _mm_getcsr();

   public:
    FlushSubnormals() { _mm_setcsr(before | 0x8040); }
    ~FlushSubnormals() { _mm_setcsr(before); }
#elif defined(__aarch64__)
    uint64_t before;

   public:
    FlushSubnormals() {
        asm volatile("mrs %0, fpcr" : "=r"(before));
        asm volatile("msr fpcr, %0" : : "r"(before | (uint64_t(1) << 24)));
    }
    ~FlushSubnormals() { asm volatile("msr fpcr, %0" : : "r"(before)); }
#else
   public:
    FlushSubnormals() {}  // WebAssembly cannot: see `flushed`
#endif
    FlushSubnormals(const FlushSubnormals&) = delete;
};

constexpr double WORK_FOR_THREADS = 1.5e6;  // multiplications, below which one thread is quicker

class Team {
    int n_threads;
    bool leased;

   public:
    explicit Team(int n_threads);  // takes the pool if it is free and more than one thread is asked for
    ~Team();
    Team(const Team&) = delete;

    int size() const;

    // Call f(t) for t = 0 ... count - 1, each on a thread of its own, and wait for all; count is at most size().
    template <class F>
    void each(int count, F f) {
        if (count == 1) f(0);
        else run(count, [](void* context, int t) { (*static_cast<F*>(context))(t); }, &f);
    }

   private:
    void run(int count, void (*task)(void*, int), void* context);
};
