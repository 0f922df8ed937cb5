"""The playground: a page on this machine on which a network learns before one's eyes.

* what is learnt: `settings`, `points`, `problem`, `session`, `opened` (a model), `lessons`;
* what is seen of it: `layers`, `plane`, `picture`, `insides`, `rows`, `why`, `figures`, `runs`, `seeds`;
* what is taken home: `link`, `export`;
* what it is worked at with: `drawing`, `bench`, `account` (what the page is told), `workbench`, `trainer`;
* what the page may say: `messages`, `verbs`, `questions`;
* how it is served: `guard`, `stream`, `serving`, `server`. The page itself is in page/.

Every number of the page comes from here; it draws and asks.
"""

from selenite.play.points import make_table
from selenite.play.problem import make_problem
from selenite.play.session import Session
from selenite.play.settings import Settings

__all__ = ["Session", "Settings", "make_problem", "make_table"]
