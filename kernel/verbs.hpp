// The seam: what module.cpp asks of each instruction set, in plain structures. Arrays are row-major and contiguous.
#pragma once

#include <cstddef>
#include <cstdint>

#include "names.hpp"

// What happens to the inputs before the first layer; see embedding.hpp.
struct EmbeddingDescription {
    bool present;
    const int64_t* periodic;  // (n_periodic,): the inputs that become waves
    int64_t n_periodic, n_frequencies, n_components;
};

struct NetworkDescription {
    int n_layers;
    const int64_t* layer_sizes;         // (n_layers + 1,), the inputs first
    const ActivationName* activations;  // (n_layers,)
    LossName loss;
    double loss_parameter;
    bool biases;
    EmbeddingDescription embedding;

    // How many numbers layer l gets: of the first, what the embedding makes of the inputs.
    int64_t n_in(int l) const {
        return layer_sizes[l] + (l == 0 && embedding.present ? embedding.n_components * embedding.n_periodic : 0);
    }
};

struct ScheduleDescription {
    ScheduleName name;
    int64_t every;
    double factor, warmup, power;
};

struct OptimizerDescription {
    OptimizerName name;
    double learning_rate, momentum;
    bool nesterov;
    double beta_1, beta_2, epsilon, weight_decay;
    ScheduleDescription schedule;
    const double* rates;  // of each group of parameters, as shares of the rate: periodic, factors, weights, biases, ...
    bool one_rate;        // whether those are all 1
};

template <class T>
struct StateDescription {
    int64_t steps, epochs;
    double rate_factor;
    T *first, *second;  // (n_parameters,); second is null for sgd
};

template <class T>
struct Data {
    const T *X, *Y, *sample_weight;  // (n, n_inputs), (n, n_outputs), (n,) or null
    int64_t n;
};

template <class T>
struct EarlyStoppingDescription {
    bool present;
    Data<T> validation;  // X null: the training loss decides
    int64_t patience;    // negative: never stop
    double tolerance, best_loss;
    int64_t best_epoch, stalled;
    T* best_parameters;  // (n_parameters,): written where an epoch was better
};

// Whether to stop, asked now and then between batches.
struct Stop {
    bool (*ask)(void*);
    void* context;
    bool operator()() const { return ask && ask(context); }
};

enum class Ending { epochs, stalled, stopped, diverged };

// What a run of epochs gives, one number an epoch.
struct Curves {
    double *loss, *validation_loss, *gradient_norm, *rate;
    int64_t n_epochs;
    Ending ended;
};

// The penalty on the weights: l1 Σ |weight| + ½ l2 Σ weight², added to the sum of the rows' losses.
struct Penalty {
    double l1, l2;
};

constexpr int64_t MOST_SHARDS = 1024;

// A batch cut into shards, whose gradients are summed in a fixed tree: so its bits do not depend on how many processes
// compute them. Row r of the data is in shard r mod n; every number is a power of two.
struct Shards {
    int64_t n = 1;                 // of a batch
    int64_t first = 0, count = 1;  // those computed here
    // Give the sum of as many neighbouring shards as 2^level times `count` to who has the next ones, and take that one's;
    // null where all are computed here. False: end at once.
    bool (*trade)(void* context, int level, const void* mine, void* theirs, size_t n_bytes) = nullptr;
    void* context = nullptr;

    // How many of `of` rows are in shard s, and how many in those before it.
    int64_t n_rows(int64_t s, int64_t of) const { return (of + n - 1 - s) / n; }
    int64_t place(int64_t s, int64_t of) const { return s * (of / n) + (s < of % n ? s : of % n); }
};

struct TrainOptions {
    int64_t n_epochs;
    double total_epochs;  // of these rows, that the schedules aim at; not whole where these are a part of an epoch's
    int64_t batch_size;  // 0: all rows
    uint64_t seed;
    const int64_t* order;  // (n_epochs, n) or null
    Penalty penalty;
    double dropout;
    Shards shards{};
};

// One network to train, on rows of its own: all but the data is written into.
template <class T>
struct Job {
    Data<T> data;
    T* parameters;
    OptimizerDescription optimizer;
    StateDescription<T> state;
    uint64_t seed;
    EarlyStoppingDescription<T> early_stopping;
    Curves curves;
};

// What was computed for some rows; each array is (n, units) of a layer, a[0] being the inputs is left out.
template <class T>
struct TraceArrays {
    T **z, **a, **delta;  // (n_layers,)
    T* losses;            // (n,)
};

class Team;

template <class T>
struct Verbs {
    void (*predict)(const NetworkDescription&, const T* parameters, int64_t n_members, const T* X, int64_t n, T* prediction,
                    int n_threads);
    double (*loss_and_gradient)(const NetworkDescription&, const T* parameters, const Data<T>&, Penalty, T* gradient,
                                int n_threads);
    void (*input_gradient)(const NetworkDescription&, const T* parameters, const T* X, int64_t n, int64_t output,
                           T* gradient);
    void (*jacobian)(const NetworkDescription&, const T* parameters, const T* X, int64_t n, T* jacobian);
    void (*trace)(const NetworkDescription&, const T* parameters, const Data<T>&, const TraceArrays<T>&);
    void (*train)(const NetworkDescription&, const TrainOptions&, Job<T>* jobs, int64_t n_jobs, int n_threads, Stop);
};

struct Level {
    const char* name;
    Verbs<float> float32;
    Verbs<double> float64;
};
