"""The playground: a page on which a network learns before one's eyes. Its session runs in a worker of the page itself.

What stands here serves the page and lends it what a page has not:

* `files`, `opened`: tables and model files, read as everywhere in selenite, and why an opened model says what it says;
* `arithmetic`: the kernel of this machine, for models and for epochs that take the page too long;
* `taken`: the model file of a run;
* `messages`, `wire`: what the page's worker may ask, and how it travels;
* `guard`, `serving`, `server`: who may ask, and who answers;
* `one_file`: the page's scripts, and the page as one file, which needs none of the above.

The page is in page/, its session in page/worker/.
"""
