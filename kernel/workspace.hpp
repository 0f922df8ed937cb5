// Memory of one call: taken before the first epoch, zeroed, aligned to a cache line, freed together.
#pragma once

#include <cstdlib>
#include <cstring>
#include <new>

namespace {

class Workspace {
    struct Block {
        Block* next;
    };
    static constexpr size_t LINE = 64;
    Block* blocks = nullptr;

   public:
    Workspace() = default;
    Workspace(const Workspace&) = delete;
    ~Workspace() {
        for (Block *block = blocks, *next; block; block = next) {
            next = block->next;
            std::free(block);
        }
    }

    // Room for `count` values, and a vector more, so that a whole vector may be loaded from the last.
    template <class T>
    T* take(ptrdiff_t count) {
        const size_t bytes = (size_t(count) * sizeof(T) + 3 * LINE - 1) / LINE * LINE;
        Block* block = static_cast<Block*>(std::aligned_alloc(LINE, bytes + LINE));
        if (!block) throw std::bad_alloc();
        std::memset(static_cast<void*>(block), 0, bytes + LINE);
        block->next = blocks;
        blocks = block;
        return reinterpret_cast<T*>(reinterpret_cast<char*>(block) + LINE);
    }
};

}  // namespace
