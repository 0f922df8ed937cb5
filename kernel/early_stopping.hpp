// When to stop: the loss of validation rows, or of training, has not got better for too long. The twin of
// nn/early_stopping.py.
#pragma once

#include "optimizers.hpp"
#include "verbs.hpp"

namespace {

constexpr double ADAPTIVE_DIVISOR = 5, ADAPTIVE_END = 1e-6;  // scikit-learn's

// Note the loss after an epoch; return whether training should end.
template <class T, class Trainer>
bool ends(Job<T>& job, Trainer& trainer, double loss, int64_t epoch) {
    EarlyStoppingDescription<T>& rule = job.early_stopping;
    if (rule.validation.X) {
        loss = trainer.mean_loss(rule.validation);
        job.curves.validation_loss[epoch] = loss;
    }
    rule.stalled = loss <= rule.best_loss - rule.tolerance ? 0 : rule.stalled + 1;
    if (loss < rule.best_loss) {
        rule.best_loss = loss;
        rule.best_epoch = job.state.epochs - 1;
        trainer.copy_parameters(rule.best_parameters);
    }
    if (rule.patience < 0 || rule.stalled <= rule.patience) return false;
    const OptimizerDescription& optimizer = job.optimizer;
    if (optimizer.schedule.name == ScheduleName::adaptive && optimizer.learning_rate * job.state.rate_factor > ADAPTIVE_END) {
        job.state.rate_factor /= ADAPTIVE_DIVISOR;
        rule.stalled = 0;
        return false;
    }
    return true;
}

}  // namespace
