"""The colours that mean something, in pictures, sketches and pages; `palette.js` and `page.css` have the same."""

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"  # safe for colour-blind eyes
UP, DOWN = (
    BLUE,
    VERMILION,
)  # numbers, weights, contributions, deltas: above and below 0; below is dashed, too
DOWN_TEXT = "#A84A00"  # dark enough to be read on white
WRONG = "#C2002F"  # the ring around a point that is taken for another class
# Of two classes the second is up, the first is down. Told apart by colour-blind eyes (after Okabe and Ito 2008 and
# Tol 2021), and by shape as well.
CLASSES = (DOWN, UP, GREEN, ORANGE, "#CC79A7", "#56B4E9", "#B8A800", "#332288", "#882255", "#555B63")
