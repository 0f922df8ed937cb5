// What happens to the inputs before the first layer: the twin of nn/embedding.py, rows in lanes.
//
// A periodic input x becomes waves u_f = cos(2π (x w_f + b_f)), mixed into a few components e_k = Σ u_f A_kf + c_k, which
// follow the inputs; then each of these features is multiplied by a factor of its own.
#pragma once

#include "elementary.hpp"
#include "matrix.hpp"
#include "verbs.hpp"
#include "workspace.hpp"

namespace {

// The parameters of one periodic input, wherever they lie.
template <class T>
struct Waves {
    T *frequencies, *phases, *mixing, *offsets;  // (F,), (F,), (C, F), (C,)
};

template <class T>
class Embedding {
    const int64_t* periodic = nullptr;

   public:
    bool present = false;
    ptrdiff_t n_inputs = 0, n_features = 0, n_periodic = 0, F = 0, C = 0;
    ptrdiff_t n_waves = 0;         // parameters of one periodic input
    ptrdiff_t padded_waves = 0;    // the same in whole vectors, as in the packed vector
    ptrdiff_t n_parameters = 0, n_packed = 0;
    ptrdiff_t factors = 0;         // where they begin in the packed vector

    Embedding() = default;
    explicit Embedding(const NetworkDescription& network)
        : periodic(network.embedding.periodic),
          present(network.embedding.present),
          n_inputs(network.layer_sizes[0]),
          n_features(network.n_in(0)) {
        if (!present) return;
        n_periodic = network.embedding.n_periodic;
        F = network.embedding.n_frequencies;
        C = network.embedding.n_components;
        n_waves = (2 + C) * F + C;
        padded_waves = round_up<T>(n_waves);
        factors = n_periodic * padded_waves;
        n_parameters = n_periodic * n_waves + n_features;
        n_packed = factors + round_up<T>(n_features);
    }

    Waves<T> waves(T* begin) const { return {begin, begin + F, begin + 2 * F, begin + (2 + C) * F}; }

    // Call move(place in the flat vector, place in the packed one, how many) for each run of neighbours.
    template <class Move>
    void each_run(Move move) const {
        for (ptrdiff_t p = 0; p < n_periodic; p++) move(p * n_waves, p * padded_waves, n_waves);
        if (present) move(n_periodic * n_waves, factors, n_features);
    }

    // Finish `count` rows of features that begin with the inputs: `plain` gets the components, `scaled` everything times
    // the factors; both (count, stride). `waves_of` and `scale` are where the parameters lie.
    void forward(const T* waves_of, ptrdiff_t of_input, const T* scale, T* plain, T* scaled, ptrdiff_t stride,
                 ptrdiff_t count) const {
        with_components([&](auto components) {
            for (ptrdiff_t r = 0; r < count; r += LANES<T>) {
                const int left = int(count - r < LANES<T> ? count - r : LANES<T>);
                for (ptrdiff_t p = 0; p < n_periodic; p++)
                    components_of<components()>(waves_of + p * of_input, periodic[p], n_inputs + p * C,
                                                plain + r * stride, stride, left);
            }
        });
        for (ptrdiff_t r = 0; r < count; r++)
            for (ptrdiff_t i = 0; i < n_features; i += LANES<T>) {
                const int left = int(n_features - i < LANES<T> ? n_features - i : LANES<T>);
                const Lanes<T> product = load_first(plain + r * stride + i, left) * load_first(scale + i, left);
                store_first(scaled + r * stride + i, product, left);
            }
    }

    // One row of features from `x`, periodic inputs in lanes; the same bits.
    void forward_row(const T* waves_of, const T* scale, const T* x, T* features) const {
        std::memcpy(features, x, size_t(n_inputs) * sizeof(T));
        with_components([&](auto components) {
            for (ptrdiff_t p = 0; p < n_periodic; p += LANES<T>)
                components_of_row<components()>(waves_of + p * n_waves, p, x, features + n_inputs + p * C);
        });
        for (ptrdiff_t i = 0; i < n_features; i += LANES<T>) {
            const int left = int(n_features - i < LANES<T> ? n_features - i : LANES<T>);
            store_first(features + i, load_first(features + i, left) * load_first(scale + i, left), left);
        }
    }

    // The features of `padded` rows, whole pairs of vectors, feature by feature from `columns`, input by input:
    // (n_features, padded) from (n_inputs, padded); the same bits.
    void forward_columns(const T* waves_of, ptrdiff_t of_input, const T* scale, const T* columns, ptrdiff_t padded, T* features) const {
        for (ptrdiff_t i = 0; i < n_inputs; i++)
            for (ptrdiff_t r = 0; r < padded; r += LANES<T>)
                store(features + i * padded + r, load(columns + i * padded + r) * splat(scale[i]));
        with_components([&](auto components) {
            for (ptrdiff_t p = 0; p < n_periodic; p++) {
                const T* own = waves_of + p * of_input;
                const ptrdiff_t first = n_inputs + p * C;
                for (ptrdiff_t r = 0; r < padded; r += 2 * LANES<T>) {
                    const T* x = columns + periodic[p] * padded + r;
                    const Lanes<T> both[] = {load(x), load(x + LANES<T>)};
                    Lanes<T> e[components()][2];
                    mix<components()>([&](ptrdiff_t i) { return splat(own[i]); }, both, e);
                    for (int k = 0; k < components(); k++)
                        for (int v = 0; v < 2; v++)
                            store(features + (first + k) * padded + r + v * LANES<T>, e[k][v] * splat(scale[first + k]));
                }
            }
        });
    }

    // Write the gradient of one periodic input's parameters from n rows of inputs and of the features' delta.
    // `room` holds (1 + C) n values, in whole vectors.
    void gradient(ptrdiff_t p, const Waves<T> own, const T* scale, const T* plain, const T* delta, ptrdiff_t stride, ptrdiff_t n,
                  T* room, T* to) const {
        const ptrdiff_t padded = round_up<T>(n);
        for (ptrdiff_t k = 0; k <= C; k++) {  // x, then the delta of each component; zero after the last row
            const T* from = k == 0 ? plain + periodic[p] : delta + n_inputs + p * C + k - 1;
            const T factor = k == 0 ? T(1) : scale[n_inputs + p * C + k - 1];
            for (ptrdiff_t r = 0; r < padded; r++) room[k * padded + r] = r < n ? from[r * stride] * factor : T(0);
        }
        for (ptrdiff_t i = n_waves; i < padded_waves; i++) to[i] = 0;
        with_components([&](auto components) { sums<components()>(own, room, padded, waves(to)); });
    }

    // slope (count, n_inputs) from the features' delta.
    void input_gradient(const T* waves_of, ptrdiff_t of_input, const T* scale, const T* plain, const T* delta, ptrdiff_t stride,
                        ptrdiff_t count, T* slope) const {
        for (ptrdiff_t r = 0; r < count; r++) {
            for (ptrdiff_t i = 0; i < n_inputs; i++) slope[r * n_inputs + i] = delta[r * stride + i] * scale[i];
            for (ptrdiff_t p = 0; p < n_periodic; p++) {
                const Waves<T> own = waves(const_cast<T*>(waves_of) + p * of_input);
                T sum = 0;
                for (ptrdiff_t f = 0; f < F; f++) {
                    Lanes<T> sine, cosine;
                    sine_and_cosine_of_turns(fma(splat(plain[r * stride + periodic[p]]), splat(own.frequencies[f]), splat(own.phases[f])),
                                             sine, cosine);
                    T mixed = 0;
                    for (ptrdiff_t k = 0; k < C; k++) {
                        const ptrdiff_t e = n_inputs + p * C + k;
                        mixed += delta[r * stride + e] * scale[e] * own.mixing[k * F + f];
                    }
                    sum -= TURN * sine[0] * mixed * own.frequencies[f];
                }
                slope[r * n_inputs + periodic[p]] += sum;
            }
        }
    }

   private:
    static constexpr T TURN = T(6.28318530717958647692);

    // Call with the number of components known when compiling.
    template <class Call>
    void with_components(Call call) const {
        switch (C) {
            case 1: return call(std::integral_constant<int, 1>{});
            case 2: return call(std::integral_constant<int, 2>{});
            case 3: return call(std::integral_constant<int, 3>{});
            case 4: return call(std::integral_constant<int, 4>{});
        }
    }

    // The components of N vectors of inputs x, whose i-th parameters are parameter(i): one input in many rows, or many in one.
    // Two vectors take less than twice as long as one: neither waits for the other.
    template <int COMPONENTS, int N, class Parameter>
    INLINE void mix(Parameter parameter, const Lanes<T> (&x)[N], Lanes<T> (&e)[COMPONENTS][N]) const {
#pragma GCC unroll 4
        for (int k = 0; k < COMPONENTS; k++)
#pragma GCC unroll 2
            for (int v = 0; v < N; v++) e[k][v] = parameter((2 + C) * F + k);
        for (ptrdiff_t f = 0; f < F; f++) {
            const Lanes<T> frequency = parameter(f), phase = parameter(F + f);
            Lanes<T> u[N];
#pragma GCC unroll 2
            for (int v = 0; v < N; v++) u[v] = cosine_of_turns(fma(x[v], frequency, phase));
#pragma GCC unroll 4
            for (int k = 0; k < COMPONENTS; k++) {
                const Lanes<T> mixing = parameter((2 + k) * F + f);
#pragma GCC unroll 2
                for (int v = 0; v < N; v++) e[k][v] = fma(u[v], mixing, e[k][v]);
            }
        }
    }

    // The components of a vector of inputs, from the p-th periodic one on, for one row; lanes after the last repeat it.
    template <int COMPONENTS>
    void components_of_row(const T* waves_of, ptrdiff_t p, const T* x, T* to) const {
        const int count = int(n_periodic - p < LANES<T> ? n_periodic - p : LANES<T>);
        Integers<T> places, inputs;
        for (int l = 0; l < LANES<T>; l++) {
            const int lane = l < count ? l : count - 1;
            places[l] = lane * n_waves;
            inputs[l] = periodic[p + lane];
        }
        const Lanes<T> of_row[] = {gather(x, inputs)};
        Lanes<T> e[COMPONENTS][1];
        mix<COMPONENTS>([&](ptrdiff_t i) { return gather(waves_of + i, places); }, of_row, e);
        for (int l = 0; l < count; l++)
            for (int k = 0; k < COMPONENTS; k++) to[l * COMPONENTS + k] = e[k][0][l];
    }

    // The components of one input for up to a vector of rows.
    template <int COMPONENTS>
    void components_of(const T* own, ptrdiff_t input, ptrdiff_t first, T* plain, ptrdiff_t stride, int left) const {
        alignas(64) T column[LANES<T>] = {};
        for (int r = 0; r < left; r++) column[r] = plain[r * stride + input];
        const Lanes<T> of_input[] = {load(column)};
        Lanes<T> e[COMPONENTS][1];
        mix<COMPONENTS>([&](ptrdiff_t i) { return splat(own[i]); }, of_input, e);
#pragma GCC unroll 4
        for (int k = 0; k < COMPONENTS; k++) {
            store(column, e[k][0]);
            for (int r = 0; r < left; r++) plain[r * stride + first + k] = column[r];
        }
    }

    // The sums over rows that make a gradient; `room` holds x and the delta of each component, (1 + C, padded).
    template <int COMPONENTS>
    void sums(const Waves<T> own, const T* room, ptrdiff_t padded, const Waves<T> to) const {
        for (ptrdiff_t f = 0; f < F; f++) {
            const Lanes<T> w = splat(own.frequencies[f]), b = splat(own.phases[f]);
            Lanes<T> d_w{}, d_b{}, d_mixing[COMPONENTS], mixing[COMPONENTS];
#pragma GCC unroll 4
            for (int k = 0; k < COMPONENTS; k++) {
                d_mixing[k] = Lanes<T>{};
                mixing[k] = splat(-TURN * own.mixing[k * F + f]);
            }
            for (ptrdiff_t r = 0; r < padded; r += LANES<T>) {
                const Lanes<T> x = load(room + r);
                Lanes<T> sine, cosine, d_u{};
                sine_and_cosine_of_turns(fma(x, w, b), sine, cosine);
#pragma GCC unroll 4
                for (int k = 0; k < COMPONENTS; k++) {
                    const Lanes<T> d_e = load(room + (1 + k) * padded + r);
                    d_mixing[k] = fma(d_e, cosine, d_mixing[k]);
                    d_u = fma(d_e, mixing[k], d_u);
                }
                const Lanes<T> d_t = d_u * sine;
                d_w = fma(d_t, x, d_w);
                d_b = d_b + d_t;
            }
            to.frequencies[f] = sum(d_w);
            to.phases[f] = sum(d_b);
            for (int k = 0; k < COMPONENTS; k++) to.mixing[k * F + f] = sum(d_mixing[k]);
        }
        for (int k = 0; k < COMPONENTS; k++) {
            Lanes<T> d_c{};
            for (ptrdiff_t r = 0; r < padded; r += LANES<T>) d_c = d_c + load(room + (1 + k) * padded + r);
            to.offsets[k] = sum(d_c);
        }
    }
};

}  // namespace
