// Each optimizer: one step from a gradient. The twin of nn/optimizers.py, on any run of parameters.
#pragma once

#include "elementary.hpp"
#include "schedules.hpp"

namespace {

// The numbers of one step, the same for all parameters.
template <class T>
struct Step {
    OptimizerName name;
    bool nesterov, has_velocity;
    T rate, momentum, beta_1, gain_1, beta_2, gain_2, epsilon;  // gain: 1 - beta
    T keep;                                                    // what weight decay leaves of a weight

    // `steps` counts this step; `rate` is before Adam's correction.
    Step(const OptimizerDescription& optimizer, int64_t steps, double rate)
        : name(optimizer.name),
          nesterov(optimizer.nesterov),
          has_velocity(optimizer.momentum != 0),
          rate(T(rate)),
          momentum(T(optimizer.momentum)),
          beta_1(T(optimizer.beta_1)),
          gain_1(T(1 - optimizer.beta_1)),
          beta_2(T(optimizer.beta_2)),
          gain_2(T(1 - optimizer.beta_2)),
          epsilon(T(optimizer.epsilon)),
          keep(optimizer.name == OptimizerName::adamw ? T(1 - rate * optimizer.weight_decay) : T(1)) {
        if (name != OptimizerName::sgd)
            this->rate = T(rate * std::sqrt(1 - std::pow(optimizer.beta_2, double(steps))) /
                           (1 - std::pow(optimizer.beta_1, double(steps))));
    }

    // Step `count` parameters p, a multiple of the lanes, by their gradient g; weights decay, biases do not.
    void operator()(T* p, const T* g, T* first, T* second, ptrdiff_t count, bool weights) const {
        constexpr int L = LANES<T>;
        const Lanes<T> eta = splat(rate);
        if (name == OptimizerName::sgd && !has_velocity) {  // p ← p - η g
            for (ptrdiff_t i = 0; i < count; i += L) store(p + i, fma(-eta, load(g + i), load(p + i)));
        } else if (name == OptimizerName::sgd) {  // v ← μ v - η g; p ← p + v, or p + μ v - η g
            const Lanes<T> mu = splat(momentum);
            for (ptrdiff_t i = 0; i < count; i += L) {
                const Lanes<T> slope = -eta * load(g + i), v = fma(mu, load(first + i), slope);
                store(first + i, v);
                store(p + i, load(p + i) + (nesterov ? fma(mu, v, slope) : v));
            }
        } else {  // m ← β₁ m + (1 - β₁) g; s ← β₂ s + (1 - β₂) g²; p ← p - η m / (√s + ε)
            const Lanes<T> b1 = splat(beta_1), g1 = splat(gain_1), b2 = splat(beta_2), g2 = splat(gain_2);
            const Lanes<T> eps = splat(epsilon);
            const Lanes<T> kept = splat(weights ? keep : T(1));
            for (ptrdiff_t i = 0; i < count; i += L) {
                const Lanes<T> slope = load(g + i);
                const Lanes<T> m = fma(b1, load(first + i), g1 * slope);
                const Lanes<T> s = fma(b2, load(second + i), g2 * slope * slope);
                store(first + i, m);
                store(second + i, s);
                store(p + i, fma(load(p + i), kept, -eta * m * reciprocal_root(s, eps)));
            }
        }
    }
};

}  // namespace
