"""The known slips of gradients written by hand: what each would give, in words and as a backward pass.

A slip is named only where what it would give is what the user's function gives.
"""
