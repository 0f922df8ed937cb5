"""scikit-learn's own tests of its multilayer perceptrons, of the version installed, with ours in their place."""

from pathlib import Path

import pytest
import sklearn.neural_network

PRIVATE = {
    "test_gradient": "calls _loss_grad_lbfgs, by which scikit-learn hands its arrays around; "
    "ours is held against finite differences in tests/nn",
}

SOURCE = Path(sklearn.neural_network.__file__).parent / "tests" / "test_mlp.py"
HERS = "from sklearn.neural_network import MLPClassifier, MLPRegressor"
text = SOURCE.read_text(encoding="utf-8")
assert text.count(HERS) == 1
exec(compile(text.replace(HERS, "from selenite import MLPClassifier, MLPRegressor"), str(SOURCE), "exec"), globals())
for name in PRIVATE:
    del globals()[name]

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def global_random_seed():
    """What scikit-learn's own configuration gives by default."""
    return 42


def test_it_is_ours_that_was_tested():
    assert MLPClassifier.__module__ == "selenite.estimators.mlp.classifier"  # noqa: F821
    assert MLPRegressor.__module__ == "selenite.estimators.mlp.regressor"  # noqa: F821
