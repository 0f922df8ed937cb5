// One instruction set: the verbs compiled for it. SELENITE_LEVEL names it: v2, v3, v4 of x86-64, or neon.
#include "epoch.hpp"
#include "predict.hpp"

namespace {

template <class T>
double loss_and_gradient(const NetworkDescription& description, const T* parameters, const Data<T>& data, Penalty penalty,
                         T* gradient, int n_threads) {
    Workspace workspace;
    Team team(n_threads);
    const bool sparse = is_sparse(data, description.layer_sizes[0]);
    const Network<T> network(description, workspace, sparse);
    Minibatch<T> minibatch(network, team, workspace, sparse, false);
    network.pack(parameters, minibatch.parameters);
    minibatch.turn();
    T* packed = workspace.take<T>(network.n_packed);
    const BatchSums sums = minibatch.batch(data, nullptr, 0, data.n, penalty, {}, {}, [&](ptrdiff_t place, const T* from, ptrdiff_t count, int) {
        std::memcpy(packed + place, from, size_t(count) * sizeof(T));
    });
    network.unpack(packed, gradient);
    return sums.loss;
}

// Work through all rows, a block at a time: call done(first row, count, minibatch) after `backward`, which begins
// from what `begin` writes into the output's delta.
template <class T, class Begin, class Done>
void blocks(const NetworkDescription& description, const T* parameters, const Data<T>& data, Begin begin, Done done) {
    Workspace workspace;
    Team alone(1);
    const Network<T> network(description, workspace);
    Minibatch<T> minibatch(network, alone, workspace, false, true);
    network.pack(parameters, minibatch.parameters);
    minibatch.turn();
    minibatch.keep_factors();
    T* unused = nullptr;
    for (int64_t first = 0; first < data.n; first += BLOCK) {
        const ptrdiff_t count = data.n - first < BLOCK ? data.n - first : BLOCK;
        minibatch.gather(data, nullptr, first, 0, count);
        minibatch.forward(0, count, {}, first, nullptr);
        begin(minibatch, count);
        minibatch.backward(0, count, false, unused);
        done(minibatch, first, count);
    }
}

template <class T>
void input_gradient(const NetworkDescription& description, const T* parameters, const T* X, int64_t n, int64_t output,
                    T* gradient) {
    const auto begin = [&](Minibatch<T>& minibatch, ptrdiff_t count) {
        const int l = minibatch.network.n_layers - 1;
        const ptrdiff_t padded = minibatch.network.output().panels.padded;
        std::memset(minibatch.delta[l], 0, size_t(count * padded) * sizeof(T));
        for (ptrdiff_t r = 0; r < count; r++) minibatch.delta[l][r * padded + output] = 1;
    };
    const auto done = [&](Minibatch<T>& minibatch, int64_t first, ptrdiff_t count) {
        const Layer& layer = minibatch.network.input();
        const Front<T>& front = minibatch.network.front;
        if (front.present) {
            minibatch.backward_to_front(0, count);
            front.input_gradient(minibatch.parameters, front.padded_waves, minibatch.factors, minibatch.plain,
                                 minibatch.front_delta, round_up<T>(front.n_features), count, gradient + first * front.n_inputs);
            return;
        }
        for (ptrdiff_t r = 0; r < count; r++)
            for (ptrdiff_t i = 0; i < layer.n_in; i++) {
                T sum = 0;
                for (ptrdiff_t j = 0; j < layer.n_out; j++)
                    sum += minibatch.delta[0][r * layer.panels.padded + j] * parameters[i * layer.n_out + j];
                gradient[(first + r) * layer.n_in + i] = sum;
            }
    };
    blocks(description, parameters, Data<T>{X, nullptr, nullptr, n}, begin, done);
}

// jacobian (n, n_outputs, n_parameters), one output after the other.
template <class T>
void jacobian(const NetworkDescription& description, const T* parameters, const T* X, int64_t n, T* jacobian) {
    const int64_t n_out = description.layer_sizes[description.n_layers];
    for (int64_t output = 0; output < n_out; output++) {
        const auto begin = [&](Minibatch<T>& minibatch, ptrdiff_t count) {
            const int l = minibatch.network.n_layers - 1;
            const ptrdiff_t padded = minibatch.network.output().panels.padded;
            std::memset(minibatch.delta[l], 0, size_t(count * padded) * sizeof(T));
            for (ptrdiff_t r = 0; r < count; r++) minibatch.delta[l][r * padded + output] = 1;
            multiply_derivative(minibatch.network.output().activation, minibatch.z[l], minibatch.a[l], minibatch.delta[l],
                                count * padded);
        };
        const auto done = [&](Minibatch<T>& minibatch, int64_t first, ptrdiff_t count) {
            const Network<T>& network = minibatch.network;
            for (int l = 0; l < network.n_layers; l++) {
                const Layer& layer = network.layers[l];
                for (ptrdiff_t r = 0; r < count; r++) {
                    const T* before = l == 0 ? X + (first + r) * layer.n_in
                                             : minibatch.a[l - 1] + r * network.layers[l - 1].panels.padded;
                    const T* delta = minibatch.delta[l] + r * layer.panels.padded;
                    T* to = jacobian + ((first + r) * n_out + output) * network.n_parameters + layer.flat;
                    for (ptrdiff_t i = 0; i < layer.n_in; i++)
                        for (ptrdiff_t j = 0; j < layer.n_out; j++) *to++ = before[i] * delta[j];
                    if (network.biases) std::memcpy(to, delta, size_t(layer.n_out) * sizeof(T));
                }
            }
        };
        blocks(description, parameters, Data<T>{X, nullptr, nullptr, n}, begin, done);
    }
}

template <class T>
void trace(const NetworkDescription& description, const T* parameters, const Data<T>& data, const TraceArrays<T>& arrays) {
    const auto begin = [&](Minibatch<T>& minibatch, ptrdiff_t count) {
        for (ptrdiff_t r = 0; r < count; r++) minibatch.row_losses[r] = T(minibatch.output_losses(r, 1, false, true));
    };
    const auto done = [&](Minibatch<T>& minibatch, int64_t first, ptrdiff_t count) {
        std::memcpy(arrays.losses + first, minibatch.row_losses, size_t(count) * sizeof(T));
        for (int l = 0; l < minibatch.network.n_layers; l++) {
            const Layer& layer = minibatch.network.layers[l];
            for (ptrdiff_t r = 0; r < count; r++) {
                const size_t bytes = size_t(layer.n_out) * sizeof(T);
                const ptrdiff_t from = r * layer.panels.padded, to = (first + r) * layer.n_out;
                std::memcpy(arrays.z[l] + to, minibatch.z[l] + from, bytes);
                std::memcpy(arrays.a[l] + to, minibatch.a[l] + from, bytes);
                std::memcpy(arrays.delta[l] + to, minibatch.delta[l] + from, bytes);
            }
        }
    };
    blocks(description, parameters, data, begin, done);
}

template <class T>
constexpr Verbs<T> VERBS{predict<T>, loss_and_gradient<T>, input_gradient<T>, jacobian<T>, trace<T>, train<T>};

}  // namespace

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)
#define JOINED_(a, b) a##b
#define JOINED(a, b) JOINED_(a, b)

extern const Level JOINED(level_, SELENITE_LEVEL);
const Level JOINED(level_, SELENITE_LEVEL){TEXT(SELENITE_LEVEL), VERBS<float>, VERBS<double>};
