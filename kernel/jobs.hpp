// A network to train, as Python hands it over: its job made of objects and arrays, and what training found written back.
#pragma once

#include <algorithm>

#include "arguments.hpp"

namespace {

OptimizerDescription optimizer_of(nb::handle o, const std::vector<double>& rates) {
    const nb::object s = o.attr("schedule");
    const auto number = attribute<double>;
    const auto text = attribute<std::string>;
    const ScheduleDescription schedule{named<ScheduleName>(SCHEDULES, text(s, "name")), attribute<int64_t>(s, "every"),
                                       number(s, "factor"), number(s, "warmup"), number(s, "power")};
    must_be(schedule.every > 0, "every must be at least 1");
    return {named<OptimizerName>(OPTIMIZERS, text(o, "name")),
            number(o, "learning_rate"),
            number(o, "momentum"),
            attribute<bool>(o, "nesterov"),
            number(o, "beta_1"),
            number(o, "beta_2"),
            number(o, "epsilon"),
            number(o, "weight_decay"),
            schedule,
            rates.data(),
            std::all_of(rates.begin(), rates.end(), [](double rate) { return rate == 1; })};
}

// The arrays of a job live as long as this.
template <class T>
struct PythonJob {
    nb::object state, early_stopping;
    Written<T> parameters, first, second, best;
    std::optional<Matrix<T>> X, Y;
    std::optional<Vector<T>> weight;
    nb::ndarray<nb::numpy, double> loss, validation, norm, rate;
};

// Refuse arrays that are written into by more than one network, each perhaps on its own thread.
template <class T>
void must_be_apart(const std::vector<PythonJob<T>>& jobs) {
    std::vector<std::pair<const T*, const T*>> written;
    for (const PythonJob<T>& job : jobs)
        for (const Written<T>* array : {&job.parameters, &job.first, &job.second, &job.best})
            if (array->is_valid() && array->size() > 0) written.push_back({array->data(), array->data() + array->size()});
    std::sort(written.begin(), written.end());
    for (size_t k = 1; k < written.size(); k++)
        must_be(written[k - 1].second <= written[k].first, "parameters, states and stopping rules must not share their arrays");
}

template <class T>
EarlyStoppingDescription<T> early_stopping_of(const Described& network, PythonJob<T>& own) {
    if (own.early_stopping.is_none()) return {};
    EarlyStoppingDescription<T> rule{};
    rule.present = true;
    if (!own.early_stopping.attr("X").is_none()) {
        own.X = array<Matrix<T>>(own.early_stopping, "X", true);
        own.Y = array<Matrix<T>>(own.early_stopping, "Y", true);
        if (!own.early_stopping.attr("sample_weight").is_none()) own.weight = array<Vector<T>>(own.early_stopping, "sample_weight", true);
        rule.validation = data_of(network, *own.X, *own.Y, own.weight);
    }
    own.best = array<Written<T>>(own.early_stopping, "best_parameters", false);
    must_be(int64_t(own.best.shape(0)) == network.n_parameters, "best_parameters are not as many as the network has");
    rule.patience = own.early_stopping.attr("patience").is_none() ? -1 : attribute<int64_t>(own.early_stopping, "patience");
    rule.tolerance = attribute<double>(own.early_stopping, "tolerance");
    rule.best_loss = attribute<double>(own.early_stopping, "best_loss");
    rule.best_epoch = attribute<int64_t>(own.early_stopping, "best_epoch");
    rule.stalled = attribute<int64_t>(own.early_stopping, "stalled");
    rule.best_parameters = own.best.data();
    return rule;
}

// The job that points into `own`, of which state, rule and parameters are given and the other arrays are taken here.
template <class T>
Job<T> job_of(const Described& network, PythonJob<T>& own, const Data<T>& data, nb::handle optimizer,
              const std::vector<double>& rates, uint64_t seed, int64_t n_epochs) {
    must_be_aligned(own.parameters);
    own.first = array<Written<T>>(own.state, "first", false);
    own.second = array<Written<T>>(own.state, "second", false);
    for (auto* curve : {&own.loss, &own.validation, &own.norm, &own.rate}) *curve = new_array<double>({size_t(n_epochs)});
    must_be(rates.size() == 2 + 2 * network.activations.size(), "rates has not one number a group of parameters");
    Job<T> job{};
    job.data = data;
    job.optimizer = optimizer_of(optimizer, rates);
    const size_t P = size_t(network.n_parameters);
    must_be(own.parameters.shape(0) == P && own.first.shape(0) == P &&
                (own.second.shape(0) == P || job.optimizer.name == OptimizerName::sgd),
            "the parameters or the optimizer's state are not as many as the network has");
    job.parameters = own.parameters.data();
    job.state = {attribute<int64_t>(own.state, "steps"), attribute<int64_t>(own.state, "epochs"),
                 attribute<double>(own.state, "rate_factor"), own.first.data(), own.second.data()};
    must_be(job.state.steps >= 0 && job.state.epochs >= 0, "steps and epochs of a state must not be negative");
    job.seed = seed;
    job.early_stopping = early_stopping_of(network, own);
    job.curves = {own.loss.data(), own.validation.data(), own.norm.data(), own.rate.data(), 0, Ending::epochs};
    return job;
}

// Write into the state and the stopping rule; return the curves, how many epochs they have, and the ending.
template <class T>
nb::tuple write_back(const PythonJob<T>& own, const Job<T>& job) {
    constexpr const char* endings[] = {"", "stalled", "stopped", "diverged"};
    own.state.attr("steps") = job.state.steps;
    own.state.attr("epochs") = job.state.epochs;
    own.state.attr("rate_factor") = job.state.rate_factor;
    if (job.early_stopping.present) {
        own.early_stopping.attr("best_loss") = job.early_stopping.best_loss;
        own.early_stopping.attr("best_epoch") = job.early_stopping.best_epoch;
        own.early_stopping.attr("stalled") = job.early_stopping.stalled;
    }
    return nb::make_tuple(own.loss, own.validation, own.norm, own.rate, job.curves.n_epochs, endings[int(job.curves.ended)]);
}

}  // namespace
