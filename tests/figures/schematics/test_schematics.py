"""Schematics show what netlists say: every element, connected as it is there, found from the drawn lines alone."""

import math
import re

import pytest

pytest.importorskip("schemdraw")

import itertools

from synaspice.circuits import AxonHillock, Inverter, NeuronChain, OscillatorNeuron, SenseAmplifier
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.drawn.elements import elements
from synaspice.devices.language.errors import MissingDependencyError, ParameterError
from synaspice.figures import save, schematic
from synaspice.figures.schematics import places
from synaspice.figures.schematics.automatic import automatic_places
from synaspice.figures.schematics.drawing import drawing_of
from synaspice.figures.schematics.layout import connect, layout_of
from synaspice.figures.schematics.placed import LETTER

#: Cells whose netlists are in lines that are simple to read, in the technology whose transistors are SPICE's own.
CELL_NAMES = list(CELLS)


def netlist_of(cell):
    """Node of every pin of every element, as the written netlist has them: by its own lines, not by the records."""
    circuit = cell.subcircuit()
    pins = {part.name.lower(): part.pins for part in circuit.requires}
    lines = re.sub(r"\n\+", " ", circuit.body).splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith(".subckt"))
    found = {}
    for line in lines[start + 1 :]:
        words = line.split()
        if not words or line[0] in "*.":
            continue
        name, letter = words[0], words[0][0].upper()
        if letter == "M":
            found[name] = dict(zip(("drain", "gate", "source", "body"), words[1:5], strict=True))
        elif letter in "RC":
            found[name] = {"1": words[1], "2": words[2]}
        elif letter == "X":
            subcircuit = next(k for k, word in enumerate(words[1:], 1) if word.lower() in pins and k > 2)
            found[name] = dict(zip(pins[words[subcircuit].lower()], words[1:subcircuit], strict=True))
        else:
            raise AssertionError(line)
    return found


def on(spot, path):
    """Whether a point lies on a path of upright and level lines."""
    for (a, b), (c, d) in itertools.pairwise(path):
        if min(a, c) <= spot[0] <= max(a, c) and min(b, d) <= spot[1] <= max(b, d):
            assert a == c or b == d
            return True
    return False


class Groups:
    """Points that are connected."""

    def __init__(self):
        self.parents = {}

    def root(self, item):
        self.parents.setdefault(item, item)
        while self.parents[item] != item:
            item = self.parents[item]
        return item

    def join(self, one, other):
        self.parents[self.root(one)] = self.root(other)


def drawn_nodes(drawing, names):
    """Groups of the pins of a drawing that lines, ends on lines, and equal names connect."""
    groups, paths, pins, words = Groups(), [], {}, []
    for item in drawing.elements:
        points = {name: (round(p[0], 6), round(p[1], 6)) for name, p in item.anchors.items()}
        kind, _, node = item.name.partition(" ")
        if item.name in names:
            pins |= {(item.name, pin): at for pin, at in points.items() if pin in names[item.name]}
        elif kind == "wire":
            paths.append([(round(p[0], 6), round(p[1], 6)) for p in item.segments[0].path])
        elif kind in ("port", "supply", "ground", "name"):
            words.append((node, points["at"]))
    for k, path in enumerate(paths):
        for spot in [*pins.values(), *(at for _, at in words)]:
            if on(spot, path):
                groups.join(("point", spot), ("path", k))
        for other, beside in enumerate(paths):
            if other != k and (on(path[0], beside) or on(path[-1], beside)):
                groups.join(("path", k), ("path", other))
    for pin, at in pins.items():
        groups.join(("pin", pin), ("point", at))
    for node, at in words:
        groups.join(("word", node), ("point", at))
    return groups, pins, words


def check(cell, layout):
    found = {each.name: each for each in elements(cell)}
    netlist = netlist_of(cell)
    assert found.keys() == netlist.keys()
    names = {name: {pin.name for pin in each.symbol.pins} for name, each in found.items()}
    groups, pins, words = drawn_nodes(drawing_of(layout), names)
    nodes, drawn = {}, {}
    for name, written in netlist.items():
        implied = found[name].implied
        assert all(written[pin] == node for pin, node in implied.items())
        for pin, node in written.items():
            if pin in implied:
                continue
            if (name, pin) not in pins:
                # What a device shows of its state in a node of its own is not drawn if nothing else is there.
                assert node.startswith(f"{name[1:]}_"), (name, pin)
                continue
            group = groups.root(("pin", (name, pin)))
            assert nodes.setdefault(group, node) == node, f"{name} {pin}: {node} is drawn with {nodes[group]}"
            assert drawn.setdefault(node, group) == group, f"{name} {pin}: {node} is drawn in two parts"
    for node, _ in words:
        assert nodes[groups.root(("word", node))] == node
    shown = {node for node, _ in words}
    implied = {node for each in found.values() for node in each.implied.values()}
    assert {*cell.ports()} <= shown | implied
    return words


@pytest.fixture(scope="module")
def layouts():
    made = {}

    def of(name):
        if name not in made:
            made[name] = layout_of(CELLS[name]())
        return made[name]

    return of


@pytest.mark.parametrize("name", CELL_NAMES)
def test_every_element_is_drawn_and_connected_as_in_the_netlist(name, layouts):
    check(CELLS[name](), layouts(name))


@pytest.mark.parametrize("name", list(places.PLACES))
def test_places_of_its_own_are_of_all_elements_of_the_cell(name):
    assert places.PLACES[name].keys() == {each.name for each in elements(CELLS[name]())}


@pytest.mark.parametrize("kind", [SenseAmplifier, AxonHillock, OscillatorNeuron])
def test_without_places_of_its_own_a_cell_is_connected_too(kind):
    cell = kind()
    ports = {name: port.direction for name, port in cell.ports().items()}
    found = elements(cell)
    check(cell, connect(found, automatic_places(found, ["input"]), ports))


def test_another_circuit_of_the_same_cell_is_another_drawing():
    chain = NeuronChain(neurons=4)
    words = check(chain, layout_of(chain))
    assert {node for node, _ in words} >= {"input", "output"}


@pytest.mark.parametrize("name", CELL_NAMES)
def test_symbols_and_words_do_not_cover_each_other(name, layouts):
    items = layouts(name).items
    boxes = [(item.element.name, box) for item in items for box in (item.body(), item.words()) if box is not None]
    for k, (one, a) in enumerate(boxes):
        for other, b in boxes[k + 1 :]:
            width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            assert one == other or min(width, height) <= 0.25, f"{one} covers {other}"


@pytest.mark.parametrize("name", CELL_NAMES)
def test_names_are_words_and_what_is_alone_or_led_to_a_port_has_no_second_one(name, layouts):
    layout = layouts(name)
    assert not [item.element.name for item in layout.items if item.element.name[1:].strip("_").isdigit()]
    pins, ports = [node for item in layout.items for _, node in item.pins()], CELLS[name].ports()
    for flag in layout.flags:
        assert flag.kind != "name" or flag.node in ports or pins.count(flag.node) > 1, flag.node
    of_ports = [flag.node for flag in layout.flags if flag.kind == "port"]
    assert len(of_ports) == len(set(of_ports))


def cut(box, path):
    """Whether a path runs through a box."""
    left, bottom, right, top = box
    return any(
        min(a, c) < right and max(a, c) > left and min(b, d) < top and max(b, d) > bottom
        for (a, b), (c, d) in itertools.pairwise(path)
    )


@pytest.mark.parametrize("name", CELL_NAMES)
def test_no_wire_runs_through_words(name, layouts):
    """Of the names of nodes two in the fullest drawing are crossed by an upright wire."""
    layout = layouts(name)
    words = {item.element.name: item.words() for item in layout.items if item.words()}
    for element, (left, bottom, right, top) in words.items():
        inner = (left + 0.2, bottom + 0.25, right - 0.2, top - 0.25)
        assert not [wire.node for wire in layout.wires if cut(inner, wire.path)], element
    crossed = 0
    for flag in layout.flags:
        if flag.kind == "name":
            (x, y), (u, v), half = flag.at, flag.away, LETTER * len(flag.node) / 2
            x, y = x + u * (0.7 + half), y + 0.9 * v
            box = (x - half + 0.1, y - 0.3, x + half - 0.1, y + 0.3)
            crossed += any(cut(box, wire.path) for wire in layout.wires)
    assert crossed <= 2 * (name == "triplet-stdp-synapse")


@pytest.mark.parametrize("name", CELL_NAMES)
def test_wires_keep_out_of_symbols(name, layouts):
    """As one over the line from drain to source would short them in the picture."""
    layout = layouts(name)
    inside = {}
    for item in layout.items:
        (a, b), (left, bottom, right, top) = (item.place.x, item.place.y), item.symbol.extent()
        pins = {item.at(pin) for pin in item.symbol.pins}
        for x in range(math.ceil(left), math.floor(right) + 1):
            for y in range(math.ceil(bottom + 0.1), math.floor(top - 0.1) + 1):
                if (a + x, b + y) not in pins:
                    inside[a + x, b + y] = item.element.name
    for wire in layout.wires:
        assert not [(spot, inside[spot]) for spot in wire.path if spot in inside], wire.node


@pytest.mark.parametrize("name", CELL_NAMES)
def test_wires_of_two_nodes_only_cross(name, layouts):
    corners = {}
    for wire in layouts(name).wires:
        for k, spot in enumerate(wire.path):
            before, after = wire.path[max(k - 1, 0)], wire.path[min(k + 1, len(wire.path) - 1)]
            straight = before[0] == after[0] or before[1] == after[1]
            if not straight or k in (0, len(wire.path) - 1):
                corners.setdefault(spot, set()).add(wire.node)
    for wire in layouts(name).wires:
        assert all(corners.get(spot, {wire.node}) == {wire.node} for spot in wire.path)


def test_transistors_side_by_side_with_a_body_elsewhere_are_connected_too():
    class _Gate(Inverter, abstract=True):
        def build(self, assembly):
            assembly.nmos("n", "input", "supply", "output")
            assembly.pmos("p", "input", "ground", "output", "output")

    cell = _Gate()
    layout = layout_of(cell)
    columns = {item.element.name: item.place.x for item in layout.items}
    assert columns["Mn"] != columns["Mp"]
    check(cell, layout)


def test_values_stand_beside_elements():
    words = {each.name: each.words for each in elements(SenseAmplifier(nmos_width=12.0))}
    assert words["Mn_left"] == ("n left", "1080/45")
    assert {each.name: each.words for each in elements(AxonHillock())}["C_membrane"] == ("membrane", "50 fF")
    assert {each.name: each.words for each in elements(OscillatorNeuron())}["R_envelope"] == ("envelope", "1 MΩ")


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
def test_a_schematic_is_a_figure(ending, tmp_path):
    figure = schematic(Inverter())
    picture, size = figure._repr_png_()
    assert picture.startswith(b"\x89PNG") and 0.2 < size["height"] / size["width"] < 5
    assert save(figure, tmp_path / f"inverter.{ending}").stat().st_size > 1000
    assert math.isclose(*figure.axes[0].get_position().bounds[2:])


def test_what_cannot_be_drawn_is_refused(monkeypatch):
    with pytest.raises(ParameterError, match="the cell must be a cell"):
        schematic("inverter")
    with pytest.raises(ParameterError, match="the cell must be a cell"):
        schematic(Inverter)
    monkeypatch.setitem(__import__("sys").modules, "schemdraw", None)
    with pytest.raises(MissingDependencyError, match=r"needs schemdraw: pip install "):
        schematic(Inverter())


def test_lines_without_a_symbol_are_refused():
    class _Odd(Inverter, abstract=True):
        def build(self, assembly):
            super().build(assembly)
            assembly.add("* a comment")
            assembly.add("Vmeter output far 0")
            assembly.add("Qodd output input ground model")

    with pytest.raises(ParameterError, match="no symbol for the line 'Qodd"):
        elements(_Odd())
