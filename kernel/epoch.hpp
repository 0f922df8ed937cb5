// Epochs: the rows in order, batch by batch, a step each, and after each epoch the question whether to stop. The twin of
// nn/epoch.py.
#pragma once

#include <sched.h>

#include <atomic>

#include "early_stopping.hpp"
#include "minibatch.hpp"
#include "narrow.hpp"
#include "optimizers.hpp"
#include "order.hpp"

namespace {

constexpr double WORK_BETWEEN_POLLS = 1e6;                     // multiplications, well under a millisecond

// Parameters and the optimizer's memory as arrays of one layout, with a copy from the epoch's start.
template <class T>
struct Memory {
    T *parameters, *first, *second;
    ptrdiff_t length;
    bool has_first, has_second;
    T* backup;

    Memory(T* parameters, ptrdiff_t length, const OptimizerDescription& optimizer, Workspace& workspace)
        : parameters(parameters),
          first(workspace.take<T>(length)),
          second(workspace.take<T>(length)),
          length(length),
          has_first(optimizer.name != OptimizerName::sgd || optimizer.momentum != 0),
          has_second(optimizer.name != OptimizerName::sgd),
          backup(workspace.take<T>(3 * length)) {}

    void save() {
        copy(parameters, backup);
        if (has_first) copy(first, backup + length);
        if (has_second) copy(second, backup + 2 * length);
    }

    void restore() {
        copy(backup, parameters);
        if (has_first) copy(backup + length, first);
        if (has_second) copy(backup + 2 * length, second);
    }

    bool finite() const {
        Lanes<T> zeros{};
        for (ptrdiff_t k = 0; k < length; k += LANES<T>) zeros = zeros + load(parameters + k) * Lanes<T>{};
        return sum(zeros) == 0;
    }

   private:
    void copy(const T* from, T* to) const {
        for (ptrdiff_t k = 0; k < length; k += LANES<T>) store(to + k, load(from + k));
    }
};

// Training with units in lanes.
template <class T>
struct WideTrainer {
    Minibatch<T> minibatch;
    Memory<T> memory;

    WideTrainer(const Network<T>& network, const OptimizerDescription& optimizer, const TrainOptions& options, bool sparse,
                Team& team, Workspace& workspace)
        : minibatch(network, team, workspace, sparse, options.dropout > 0, options.shards),
          memory(minibatch.parameters, network.n_packed, optimizer, workspace) {}

    void begin(const Job<T>& job) {
        const Network<T>& network = minibatch.network;
        minibatch.pack(job.parameters);
        if (memory.has_first) network.pack(job.state.first, memory.first);
        if (memory.has_second) network.pack(job.state.second, memory.second);
    }

    void end(const Job<T>& job) {
        const Network<T>& network = minibatch.network;
        network.unpack(memory.parameters, job.parameters);
        if (memory.has_first) network.unpack(memory.first, job.state.first);
        if (memory.has_second) network.unpack(memory.second, job.state.second);
    }

    BatchSums batch(const Data<T>& data, const int64_t* rows, int64_t begin, int64_t end, Penalty penalty, Dropout dropout,
                    const Stop& stop, const Step<T>& step) {
        const auto finish = [&](ptrdiff_t place, const T* gradient, ptrdiff_t count, int group) {
            step(memory.parameters + place, gradient, memory.first + place, memory.second + place, count, group);
        };
        return minibatch.shards.n > 1 ? minibatch.batch_of_shards(data, rows, begin, end, penalty, dropout, stop, finish)
                                      : minibatch.batch(data, rows, begin, end, penalty, dropout, stop, finish);
    }

    double mean_loss(const Data<T>& data) { return minibatch.mean_loss(data); }
    void copy_parameters(T* flat) const { minibatch.network.unpack(memory.parameters, flat); }
};

// Training with rows in lanes.
template <class T>
struct NarrowTrainer {
    Narrow<T> narrow;
    Memory<T> memory;

    NarrowTrainer(const Network<T>& network, const OptimizerDescription& optimizer, ptrdiff_t most_rows, Workspace& workspace)
        : narrow(network, workspace, most_rows),
          memory(narrow.parameters, round_up<T>(network.n_parameters), optimizer, workspace) {}

    void begin(const Job<T>& job) {
        const size_t bytes = size_t(narrow.network.n_parameters) * sizeof(T);
        std::memcpy(memory.parameters, job.parameters, bytes);
        if (memory.has_first) std::memcpy(memory.first, job.state.first, bytes);
        if (memory.has_second) std::memcpy(memory.second, job.state.second, bytes);
    }

    void end(const Job<T>& job) {
        const size_t bytes = size_t(narrow.network.n_parameters) * sizeof(T);
        std::memcpy(job.parameters, memory.parameters, bytes);
        if (memory.has_first) std::memcpy(job.state.first, memory.first, bytes);
        if (memory.has_second) std::memcpy(job.state.second, memory.second, bytes);
    }

    BatchSums batch(const Data<T>& data, const int64_t* rows, int64_t begin, int64_t end, Penalty penalty, Dropout,
                    const Stop& stop, const Step<T>& step) {
        const BatchSums sums = narrow.batch(data, rows, begin, end, penalty, stop);
        if (sums.stopped) return sums;
        const T keep = step.keep(FIRST_WEIGHTS);
        if (keep != 1) narrow.multiply_weights(keep);
        step(memory.parameters, narrow.gradient, memory.first, memory.second, memory.length);
        return sums;
    }

    double mean_loss(const Data<T>& data) { return narrow.mean_loss(data); }
    void copy_parameters(T* flat) const {
        std::memcpy(flat, memory.parameters, size_t(narrow.network.n_parameters) * sizeof(T));
    }
};

// Train for some epochs, from where the job's state stands: write into all of the job.
template <class T, class Trainer>
void epochs(Trainer& trainer, const TrainOptions& options, Job<T>& job, double work_of_row, Workspace& workspace,
            const Stop& stop) {
    const Data<T>& data = job.data;
    const int64_t n = data.n, size = options.batch_size == 0 || options.batch_size > n ? n : options.batch_size;
    const int64_t n_batches = (n + size - 1) / size;
    const double n_steps = options.total_epochs * double(n_batches);
    RowOrder order(options, n, size, job.seed, workspace);
    const OptimizerDescription& optimizer = job.optimizer;
    StateDescription<T>& state = job.state;
    Curves& curves = job.curves;
    const double polls_each = WORK_BETWEEN_POLLS / (work_of_row * double(size));
    const int64_t batches_a_poll = polls_each < 1 ? 1 : int64_t(polls_each);
    int64_t until_poll = options.shards.n == 1;  // those of shards are asked for in the batch, to stop together

    curves.ended = Ending::epochs;
    trainer.begin(job);
    for (curves.n_epochs = 0; curves.n_epochs < options.n_epochs; curves.n_epochs++) {
        const int64_t* rows = order.of_epoch(curves.n_epochs, state.epochs);
        trainer.memory.save();
        const int64_t steps_before = state.steps;
        double loss = 0, square = 0, rate = 0;
        for (int64_t begin = 0; begin < n; begin += size) {
            if (--until_poll == 0) {
                until_poll = batches_a_poll;
                if (stop()) {
                    curves.ended = Ending::stopped;
                    break;
                }
            }
            rate = optimizer.learning_rate * state.rate_factor;
            if (optimizer.schedule.name != ScheduleName::constant)
                rate *= share(optimizer.schedule, double(state.steps) / n_steps, state.epochs, double(state.epochs) * double(n));
            const Step<T> step(optimizer, state.steps + 1, rate);
            const Dropout dropout{options.dropout, job.seed, state.epochs};
            const int64_t end = begin + size < n ? begin + size : n;
            const BatchSums sums = trainer.batch(data, rows, begin, end, options.penalty, dropout, stop, step);
            if (sums.stopped) {
                curves.ended = Ending::stopped;
                break;
            }
            state.steps++;
            if (!std::isfinite(sums.loss) || !std::isfinite(sums.norm_square)) {
                curves.ended = Ending::diverged;
                break;
            }
            loss += sums.loss * double(end - begin);
            square += sums.norm_square;
        }
        if (curves.ended == Ending::epochs && !trainer.memory.finite()) curves.ended = Ending::diverged;
        if (curves.ended == Ending::diverged) {
            trainer.memory.restore();
            state.steps = steps_before;
        }
        if (curves.ended != Ending::epochs) break;
        state.epochs++;
        curves.loss[curves.n_epochs] = loss / double(n);
        curves.gradient_norm[curves.n_epochs] = std::sqrt(square / double(n_batches));
        curves.rate[curves.n_epochs] = rate;
        if (job.early_stopping.present && ends(job, trainer, loss / double(n), curves.n_epochs)) {
            curves.ended = Ending::stalled;
            curves.n_epochs++;
            break;
        }
    }
    trainer.end(job);
}

// Train one network on a team.
template <class T>
void train_one(const NetworkDescription& description, const TrainOptions& options, Job<T>& job, Team& team, const Stop& stop) {
    Workspace workspace;
    const Data<T>& data = job.data;
    const int64_t size = options.batch_size == 0 || options.batch_size > data.n ? data.n : options.batch_size;
    const bool sparse = is_sparse(data, description.layer_sizes[0]);
    const bool narrow = options.dropout == 0 && options.shards.n == 1 && job.optimizer.one_rate && is_narrow<T>(description, size);
    const Network<T> network(description, workspace, sparse && !narrow);
    const double work = 3.0 * double(network.n_parameters);
    if (narrow) {
        NarrowTrainer<T> trainer(network, job.optimizer, size, workspace);
        epochs(trainer, options, job, work, workspace, stop);
    } else {
        WideTrainer<T> trainer(network, job.optimizer, options, sparse, team, workspace);
        epochs(trainer, options, job, work, workspace, stop);
    }
}

// Train one network with all threads, or many with a thread each.
template <class T>
void train(const NetworkDescription& description, const TrainOptions& options, Job<T>* jobs, int64_t n_jobs, int n_threads,
           Stop stop) {
    Team team(n_threads);
    if (n_jobs == 1) return train_one(description, options, jobs[0], team, stop);
    std::atomic<int64_t> next{0}, done{0};
    std::atomic<bool> out_of_memory{false};
    const int threads = n_jobs < team.size() ? int(n_jobs) : team.size();
    team.each(threads, [&](int t) {
        Team alone(1);
        for (int64_t k; (k = next.fetch_add(1)) < n_jobs; done.fetch_add(1)) try {
                train_one(description, options, jobs[k], alone, stop);
            } catch (const std::bad_alloc&) {
                out_of_memory = true;
            }
        while (t == 0 && done.load() < n_jobs) {  // only the caller's thread hears of Ctrl-C
            stop();
            sched_yield();
        }
    });
    if (out_of_memory) throw std::bad_alloc();
}

}  // namespace
