// Puts every verb of one instruction set through small networks and prints what comes out, a number a line.
//
// .ci/neon builds it for this processor and for aarch64 and holds the two outputs against each other.
#include <cstdio>
#include <vector>

#include "threads.hpp"
#include "verbs.hpp"

#define JOINED_(a, b) a##b
#define JOINED(a, b) JOINED_(a, b)
extern const Level JOINED(level_, SELENITE_LEVEL);
static const Level& LEVEL = JOINED(level_, SELENITE_LEVEL);

namespace {

using enum ActivationName;

constexpr double CAP = 30;

struct Problem {
    const char* name;
    std::vector<int64_t> layer_sizes;
    std::vector<ActivationName> activations;
    LossName loss;
    double loss_parameter = 1;  // a divisor; of log_loss the most that a row may cost
    OptimizerName optimizer = OptimizerName::sgd;
    int64_t n = 60, batch_size = 16;
    double share_of_zeros = 0, dropout = 0;
    std::vector<int64_t> periodic = {};  // inputs of an embedding; none: no embedding
};

// The paths of the kernel: rows in lanes, units in lanes, sums in blocks, sparse, dropout, an embedding; activations and losses in turn.
const Problem PROBLEMS[] = {
    {"tutorial", {2, 4, 1}, {logistic, logistic}, LossName::squared_error, 1, OptimizerName::sgd, 100, 100},
    {"narrow", {3, 9, 2}, {gelu, softmax}, LossName::log_loss, CAP, OptimizerName::adam},
    {"wide", {20, 130, 40, 3}, {relu, tanh, softmax}, LossName::log_loss, CAP, OptimizerName::adamw, 130, 64},
    {"blocks", {300, 20, 3}, {relu, identity}, LossName::squared_error, 1, OptimizerName::sgd},
    {"sparse", {100, 40, 3}, {relu, identity}, LossName::squared_error, 1, OptimizerName::sgd, 130, 64, 0.9},
    {"dropout", {5, 70, 33, 1}, {leaky_relu, silu, logistic}, LossName::log_loss, CAP, OptimizerName::sgd, 60, 16, 0, 0.3},
    {"embedding", {4, 21, 1}, {mish, identity}, LossName::squared_error, 1, OptimizerName::adam, 60, 16, 0, 0, {0, 2}},
    {"elu", {3, 20, 2}, {elu, identity}, LossName::huber, 0.5},
    {"selu", {3, 20, 2}, {selu, identity}, LossName::quantile, 0.9},
    {"softplus", {3, 20, 2}, {softplus, identity}, LossName::absolute_error},
    {"poisson", {3, 20, 1}, {tanh, exp}, LossName::poisson},
};

// Uniform numbers from -1 to 1, the same on every machine (Knuth's MMIX).
struct Uniform {
    uint64_t state = 1;
    double operator()() {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return double(state >> 40) / double(1 << 23) - 1;
    }
};

template <class T>
std::vector<T> zeros(int64_t n) {
    return std::vector<T>(static_cast<size_t>(n));
}

template <class Values>
void print(const Problem& problem, const char* type, const char* what, const Values& values) {
    for (const auto value : values) std::printf("%s %s %s %.17g\n", problem.name, type, what, double(value));
}

template <class T>
void work_through(const Problem& problem, const Verbs<T>& verbs, const char* type, int n_threads) {
    const bool has_embedding = !problem.periodic.empty();
    const int64_t n_periodic = int64_t(problem.periodic.size()), n_frequencies = 6, n_components = 3;
    const int n_layers = int(problem.activations.size());
    const NetworkDescription network{n_layers, problem.layer_sizes.data(), problem.activations.data(), problem.loss,
                                     problem.loss_parameter, true,
                                     {has_embedding, problem.periodic.data(), n_periodic, n_frequencies, n_components}};
    int64_t n_parameters = has_embedding ? n_periodic * ((2 + n_components) * n_frequencies + n_components) + network.n_in(0) : 0;
    for (int l = 0; l < n_layers; l++) n_parameters += (network.n_in(l) + 1) * problem.layer_sizes[size_t(l) + 1];
    const int64_t n = problem.n, n_in = problem.layer_sizes[0], n_out = problem.layer_sizes.back();

    Uniform uniform;
    std::vector<T> parameters = zeros<T>(n_parameters), X = zeros<T>(n * n_in), Y = zeros<T>(n * n_out), weight = zeros<T>(n);
    for (T& p : parameters) p = T(0.3 * uniform());
    for (T& x : X) x = uniform() < 2 * problem.share_of_zeros - 1 ? T(0) : T(uniform());
    for (T& y : Y) y = T(uniform() / 2 + 0.5);
    for (T& w : weight) w = T(uniform() / 2 + 1);
    if (problem.loss == LossName::log_loss)
        for (int64_t i = 0; i < n * n_out; i++) Y[size_t(i)] = i % n_out == (i / n_out) % n_out;
    const Data<T> data{X.data(), Y.data(), weight.data(), n};

    std::vector<T> gradient = zeros<T>(n_parameters), inputs = zeros<T>(n * n_in), prediction = zeros<T>(n * n_out),
                   losses = zeros<T>(n);
    const double loss = verbs.loss_and_gradient(network, parameters.data(), data, {0.1, 0.2}, gradient.data(), n_threads);
    print(problem, type, "loss", std::vector{loss});
    print(problem, type, "gradient", gradient);
    verbs.input_gradient(network, parameters.data(), X.data(), n, 0, inputs.data());
    print(problem, type, "input_gradient", inputs);
    if (!has_embedding && problem.activations.back() != softmax) {
        std::vector<T> jacobian = zeros<T>(n_out * n_parameters);
        verbs.jacobian(network, parameters.data(), X.data(), 1, jacobian.data());
        print(problem, type, "jacobian", jacobian);
    }
    std::vector<std::vector<T>> arrays[3];
    std::vector<T*> places[3];
    for (int k = 0; k < 3; k++)
        for (int l = 0; l < n_layers; l++)
            places[k].push_back(arrays[k].emplace_back(zeros<T>(n * problem.layer_sizes[size_t(l) + 1])).data());
    verbs.trace(network, parameters.data(), data, {places[0].data(), places[1].data(), places[2].data(), losses.data()});
    for (int k = 0; k < 3; k++)
        for (const auto& values : arrays[k]) print(problem, type, "trace", values);
    print(problem, type, "losses", losses);

    constexpr int64_t EPOCHS = 3;
    std::vector<T> first = zeros<T>(n_parameters), second = zeros<T>(n_parameters);
    const std::vector<double> rates(2 * problem.activations.size() + 2, 1.0);
    std::vector<double> curves[4];
    for (auto& curve : curves) curve = zeros<double>(EPOCHS);
    const OptimizerDescription optimizer{problem.optimizer, 0.02, 0.9, true, 0.9, 0.999, 1e-8, 0.01,
                                         {ScheduleName::cosine, 1, 1, 0, 1}, rates.data(), true};
    Job<T> job{data, parameters.data(), optimizer, {0, 0, 1, first.data(), second.data()}, 5, {}, {}};
    job.curves = {curves[0].data(), curves[1].data(), curves[2].data(), curves[3].data(), 0, Ending::epochs};
    verbs.train(network, {EPOCHS, EPOCHS, problem.batch_size, 5, nullptr, {0, 0.1}, problem.dropout}, &job, 1, n_threads, {});
    print(problem, type, "epochs", std::vector{job.curves.n_epochs});
    print(problem, type, "curve", curves[0]);
    print(problem, type, "parameters", parameters);
    verbs.predict(network, parameters.data(), 1, X.data(), n, prediction.data(), n_threads);
    print(problem, type, "prediction", prediction);
}

}  // namespace

int main() {
    const FlushSubnormals flush;
    for (const Problem& problem : PROBLEMS)
        for (const int n_threads : {1, 3}) {
            work_through(problem, LEVEL.float64, "float64", n_threads);
            work_through(problem, LEVEL.float32, "float32", n_threads);
        }
}
