"""Areas and steps of quarters given everything else: where they are likeliest, how sharply, and drawn from there.

Two things people confuse: many parameters and a hard problem. Given the scales, levels and sensitivities the areas hang
together only through the quarters, so that a thousand such problems are solved at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labkit.prevalence.data import Sources
from labkit.prevalence.density import Layout, Masks, Told, ask_sources, walk_basis
from labkit.prevalence.priors import Priors

Floats = NDArray[np.float64]
FREE = 8.0


@dataclass(frozen=True)
class Question:
    """A model and its data, with the sources that are left out where."""

    sources: Sources
    priors: Priors
    layout: Layout
    masks: Masks | None = None

    def ask(self, vectors: Floats) -> Told:
        """Return what the sources say at some parameters."""
        return ask_sources(vectors, self.sources, self.priors, self.layout, self.masks)


@dataclass(frozen=True)
class Arrow:
    """A precision of areas and steps: diagonal in areas, dense in the few steps, and one sum that everything shares.

    ``H = [[D, E], [E', F]] + s c c'`` with D draws × areas, E draws × areas × steps, F draws × steps × steps.
    """

    d: Floats
    e: Floats
    f: Floats
    c: Floats | None = None
    s: Floats | None = None

    @property
    def schur(self) -> Floats:
        """F less what areas explain."""
        found: Floats = self.f - np.swapaxes(self.e / self.d[..., None], 1, 2) @ self.e
        return found

    def _solve(self, schur: Floats, right: Floats) -> Floats:
        areas = self.d.shape[1]
        first, last = right[:, :areas], right[:, areas:]
        steps = np.linalg.solve(schur, (last - np.einsum("nae,na->ne", self.e, first / self.d))[..., None])[..., 0]
        return np.hstack([(first - np.einsum("nae,ne->na", self.e, steps)) / self.d, steps])

    def solve(self, right: Floats) -> Floats:
        """Return H⁻¹ times a vector, a row a draw."""
        schur = self.schur
        plain = self._solve(schur, right)
        if self.c is None or self.s is None:
            return plain
        shared = self._solve(schur, self.c)
        gain = (self.c * plain).sum(axis=1) / (1 / self.s + (self.c * shared).sum(axis=1))
        found: Floats = plain - shared * gain[:, None]
        return found

    def log_det(self) -> Floats:
        """Return log |H|."""
        schur = self.schur
        found = np.log(self.d).sum(axis=1) + np.linalg.slogdet(schur)[1]
        if self.c is not None and self.s is not None:
            found = found + np.log1p(self.s * (self.c * self._solve(schur, self.c)).sum(axis=1))
        told: Floats = found
        return told

    def draw(self, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Return one draw around nothing for each row, and the log density it was drawn from, less half of log |H|.

        Each area and step has the tails of Student's t, so that no place is left without draws; with a sum that everything
        shares all of them have such tails together.
        """
        n, areas = self.d.shape
        noise = rng.standard_normal((n, areas + self.f.shape[1]))
        free = np.inf if self.c is not None else FREE
        told = -0.5 * noise**2
        if np.isfinite(free):
            noise = noise * np.sqrt(free / rng.chisquare(free, noise.shape))
            told = -0.5 * (free + 1) * np.log1p(noise**2 / free)
        schur = self.schur
        half = np.linalg.cholesky(schur)
        steps = np.linalg.solve(np.swapaxes(half, 1, 2), noise[:, areas:, None])[..., 0]
        first = noise[:, :areas] / np.sqrt(self.d) - np.einsum("nae,ne->na", self.e, steps) / self.d
        found: Floats = np.hstack([first, steps])
        if self.c is None or self.s is None:
            return found, told.sum(axis=1)
        shared = self._solve(schur, self.c)
        seen = (self.c * found).sum(axis=1) + rng.standard_normal(n) / np.sqrt(self.s)
        found = found - shared * (seen / (1 / self.s + (self.c * shared).sum(axis=1)))[:, None]
        found = found * np.sqrt(FREE / rng.chisquare(FREE, n))[:, None]
        return found, -0.5 * (FREE + found.shape[1]) * np.log1p(self._square(found) / FREE)

    def _square(self, x: Floats) -> Floats:
        """Return x' H x, a number a draw."""
        areas = self.d.shape[1]
        first, last = x[:, :areas], x[:, areas:]
        found = (self.d * first**2).sum(axis=1) + 2 * np.einsum("na,nae,ne->n", first, self.e, last)
        found = found + np.einsum("ne,nef,nf->n", last, self.f, last)
        if self.c is not None and self.s is not None:
            found = found + self.s * (self.c * x).sum(axis=1) ** 2
        told: Floats = found
        return told


def sharpness(vectors: Floats, told: Told, layout: Layout) -> tuple[Floats, Arrow]:
    """Return the slope of the log density by areas and steps, and its precision there."""
    basis = walk_basis(layout.quarters.stop - layout.quarters.start + 1)
    by_area, by_step = (np.exp(layout.single(vectors, f"log_{name}_sd")) for name in ("areas", "quarters"))
    slope = np.hstack([
        by_area[:, None] * told.slope.sum(axis=2) - vectors[:, layout.areas],
        by_step[:, None] * (told.slope.sum(axis=1) @ basis) - vectors[:, layout.quarters],
    ])  # fmt: skip
    sharp = sum((one.sharp for one in told.cells.values()), np.zeros_like(told.slope))
    d = 1 + by_area[:, None] ** 2 * sharp.sum(axis=2)
    e = (by_area * by_step)[:, None, None] * (sharp @ basis)
    f = np.eye(basis.shape[1]) + (by_step**2)[:, None, None] * (basis.T @ (sharp.sum(axis=1)[:, :, None] * basis))
    c = s = None
    for one in told.cells.values():
        if one.joint is None or one.joint_sharp is None:
            continue
        along = by_area[:, None] * one.joint.sum(axis=2)
        steps = by_step[:, None, None] * (one.joint @ basis)
        if one.joint_sharp.ndim == 2:  # a register: a sum an area
            d = d + one.joint_sharp * along**2
            e = e + (one.joint_sharp * along)[:, :, None] * steps
            f = f + np.swapaxes(steps * one.joint_sharp[:, :, None], 1, 2) @ steps
        else:
            c, s = np.hstack([along, steps.sum(axis=1)]), one.joint_sharp
    return slope, Arrow(d, e, f, c, s)


def likeliest(question: Question, vectors: Floats, rounds: int) -> tuple[Floats, Told, Arrow]:
    """Return vectors with areas and steps `rounds` Newton steps nearer to their mode, what is told there, and the precision.

    Rows are stepped together, and a step that loses is cut to a third.
    """
    layout, k = question.layout, len(question.layout.names)
    told = question.ask(vectors)
    for _ in range(rounds):
        slope, arrow = sharpness(vectors, told, layout)
        move = np.clip(arrow.solve(slope), -3.0, 3.0)
        tried = vectors.copy()
        tried[:, k:] += move
        new = question.ask(tried)
        worse = ~(new.value >= told.value - 1e-6)
        if worse.any():
            tried[worse, k:] = vectors[worse, k:] + 0.3 * move[worse]
            new = question.ask(tried)
        vectors, told = tried, new
    _, arrow = sharpness(vectors, told, layout)
    return vectors, told, arrow
