// One instruction set: the verbs compiled for it. SELENITE_LEVEL names it: v2, v3, v4 of x86-64, neon, or wasm.
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
    minibatch.pack(parameters);
    T* packed = workspace.take<T>(network.n_packed);
    const auto finish = [&](ptrdiff_t place, const T* from, ptrdiff_t count, int) {
        std::memcpy(packed + place, from, size_t(count) * sizeof(T));
    };
    const BatchSums sums = minibatch.batch(data, nullptr, 0, data.n, penalty, {}, {}, finish);
    network.unpack(packed, gradient);
    return sums.loss;
}

// Work through all rows, a block at a time: forward, then begin(network, chunk, first row, count), which writes the output's
// delta, then backward from there, then done(network, packed parameters, chunk, first row, count).
template <class T, class Begin, class Done>
void blocks(const NetworkDescription& description, const T* parameters, const Data<T>& data, Begin begin, Done done) {
    Workspace workspace;
    const Network<T> network(description, workspace);
    Chunk<T> chunk(network, workspace, false, true);
    T *packed = workspace.take<T>(network.n_packed), *turned = workspace.take<T>(network.n_turned), *unmasked = nullptr;
    network.pack(parameters, packed);
    network.turn(packed, turned);
    for (int64_t first = 0; first < data.n; first += BLOCK) {
        const Block block{0, ptrdiff_t(data.n - first < BLOCK ? data.n - first : BLOCK)};
        chunk.gather(data, nullptr, first, block);
        forward(network, packed, chunk, block, false);
        begin(network, chunk, first, block.count);
        backward(network, turned, chunk, block, unmasked);
        if (network.embedding.present) backward_to_embedding(network, turned, chunk, block);
        done(network, packed, chunk, first, block.count);
    }
}

// The output's delta of one raw output: 1 where it is, else 0.
template <class T>
void pick(const Network<T>& network, const Chunk<T>& chunk, int64_t output, ptrdiff_t count) {
    const Rows<T>& delta = chunk.delta[network.n_layers - 1];
    std::memset(delta.values, 0, size_t(count * delta.stride) * sizeof(T));
    for (ptrdiff_t r = 0; r < count; r++) delta[r][output] = 1;
}

template <class T>
void input_gradient(const NetworkDescription& description, const T* parameters, const T* X, int64_t n, int64_t output,
                    T* gradient) {
    const auto begin = [&](const Network<T>& network, const Chunk<T>& chunk, int64_t, ptrdiff_t count) {
        pick(network, chunk, output, count);
    };
    const auto done = [&](const Network<T>& network, const T* packed, const Chunk<T>& chunk, int64_t first, ptrdiff_t count) {
        const Layer& layer = network.input();
        const Embedding<T>& embedding = network.embedding;
        if (embedding.present) {
            embedding.input_gradient(packed, embedding.padded_waves, packed + embedding.factors, chunk.plain.values, chunk.embedding_delta.values,
                                 chunk.plain.stride, count, gradient + first * embedding.n_inputs);
            return;
        }
        for (ptrdiff_t r = 0; r < count; r++)
            for (ptrdiff_t i = 0; i < layer.n_in; i++) {
                T sum = 0;
                for (ptrdiff_t j = 0; j < layer.n_out; j++) sum += chunk.delta[0][r][j] * parameters[i * layer.n_out + j];
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
        const auto begin = [&](const Network<T>& network, const Chunk<T>& chunk, int64_t, ptrdiff_t count) {
            const int l = network.n_layers - 1;
            pick(network, chunk, output, count);
            multiply_derivative(network.output().activation, chunk.z[l].values, chunk.a[l].values, chunk.delta[l].values,
                                count * chunk.delta[l].stride);
        };
        const auto done = [&](const Network<T>& network, const T*, const Chunk<T>& chunk, int64_t first, ptrdiff_t count) {
            for (int l = 0; l < network.n_layers; l++) {
                const Layer& layer = network.layers[l];
                for (ptrdiff_t r = 0; r < count; r++) {
                    const T *before = l == 0 ? chunk.x[r] : chunk.a[l - 1][r], *delta = chunk.delta[l][r];
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
    const auto begin = [&](const Network<T>& network, const Chunk<T>& chunk, int64_t first, ptrdiff_t count) {
        for (ptrdiff_t r = 0; r < count; r++) arrays.losses[first + r] = T(output_losses(network, chunk, {r, 1}, false, true));
    };
    const auto done = [&](const Network<T>& network, const T*, const Chunk<T>& chunk, int64_t first, ptrdiff_t count) {
        for (int l = 0; l < network.n_layers; l++) {
            const ptrdiff_t n_out = network.layers[l].n_out;
            for (ptrdiff_t r = 0; r < count; r++) {
                const size_t bytes = size_t(n_out) * sizeof(T);
                const ptrdiff_t to = (first + r) * n_out;
                std::memcpy(arrays.z[l] + to, chunk.z[l][r], bytes);
                std::memcpy(arrays.a[l] + to, chunk.a[l][r], bytes);
                std::memcpy(arrays.delta[l] + to, chunk.delta[l][r], bytes);
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
#if defined(__wasm__)  // a page computes in float64
const Level JOINED(level_, SELENITE_LEVEL){TEXT(SELENITE_LEVEL), {}, VERBS<double>};
#else
const Level JOINED(level_, SELENITE_LEVEL){TEXT(SELENITE_LEVEL), VERBS<float>, VERBS<double>};
#endif
