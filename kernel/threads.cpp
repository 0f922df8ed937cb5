#include "threads.hpp"

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

constexpr int MOST_THREADS = 256;
constexpr int SPINS = 2000;                                  // some 50 microseconds
constexpr auto YIELDING = std::chrono::milliseconds(2);      // then sleep

void pause() {
#if defined(__x86_64__)
    _mm_pause();
#else
    asm volatile("yield");
#endif
}

struct Pool {
    std::atomic<bool> leased{false};
    int n_workers = 0;
    void (*task)(void*, int) = nullptr;
    void* context = nullptr;
    // The number of the task, and in the lower bits how many threads take part: one word, so that a worker that is
    // not wanted never looks at the rest, which may be the next task's already.
    alignas(64) std::atomic<uint64_t> call{0};
    alignas(64) std::atomic<int> working{0};

    void grow(int n) {
        for (; n_workers < n; n_workers++) std::thread(&Pool::work, this, n_workers + 1, call.load()).detach();
    }

    void work(int number, uint64_t seen) {
        const FlushSubnormals flush;
        for (;;) {
            uint64_t now = call.load(std::memory_order_acquire);
            for (int spin = 0; now == seen && spin < SPINS; spin++) {
                pause();
                now = call.load(std::memory_order_acquire);
            }
            if (now == seen) {
                const auto until = std::chrono::steady_clock::now() + YIELDING;
                while (now == seen && std::chrono::steady_clock::now() < until) {
                    sched_yield();
                    now = call.load(std::memory_order_acquire);
                }
            }
            if (now == seen) {
                call.wait(seen, std::memory_order_acquire);
                continue;
            }
            seen = now;
            if (number < int(now % (2 * MOST_THREADS))) {
                task(context, number);
                working.fetch_sub(1, std::memory_order_release);
            }
        }
    }

    void run(int count, void (*new_task)(void*, int), void* new_context) {
        task = new_task;
        context = new_context;
        working.store(count - 1, std::memory_order_relaxed);
        const uint64_t number = call.load(std::memory_order_relaxed) / (2 * MOST_THREADS) + 1;
        call.store(number * (2 * MOST_THREADS) + uint64_t(count), std::memory_order_release);
        call.notify_all();
        new_task(new_context, 0);
        for (int spin = 0; working.load(std::memory_order_acquire) > 0; spin++)
            if (spin < SPINS) pause();
            else sched_yield();
    }
};

std::atomic<Pool*> pool{new Pool};  // never freed: workers may outlive the interpreter

void forget_pool() { pool.store(new Pool); }  // in a forked child, where the workers are gone

[[maybe_unused]] const int registered = pthread_atfork(nullptr, nullptr, forget_pool);

}  // namespace

Team::Team(int wanted) : n_threads(1), leased(false) {
    if (wanted < 2) return;
    Pool& the = *pool.load();
    if (the.leased.exchange(true, std::memory_order_acquire)) return;
    leased = true;
    n_threads = wanted < MOST_THREADS ? wanted : MOST_THREADS;
    try {
        the.grow(n_threads - 1);
    } catch (...) {  // the system gives no more threads
        n_threads = the.n_workers + 1 < n_threads ? the.n_workers + 1 : n_threads;
    }
}

Team::~Team() {
    if (leased) pool.load()->leased.store(false, std::memory_order_release);
}

int Team::size() const { return n_threads; }

void Team::run(int count, void (*task)(void*, int), void* context) { pool.load()->run(count, task, context); }
