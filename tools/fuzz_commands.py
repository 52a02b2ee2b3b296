"""Words of command lines for ``tools/fuzz.py``: what suits a command, and what does not."""

from __future__ import annotations

from random import Random
from typing import Any

from fuzz_inputs import HUGE, ODD, SLY, SMALL, misspelt, quantity_text


def _value(random: Random, setting: Any) -> str:
    """A value of an option: one that suits it, or any."""
    argument = setting.argument
    chance = random.random()
    if chance < 0.08:
        return random.choice((*ODD, *SLY))
    if chance < 0.14:
        return quantity_text(random)
    match type(argument).__name__:
        case "Whole":
            return random.choice((*SMALL.get(setting.name, ("1", "3")), *HUGE))
        case "Quantity":
            return random.choice(("1", "0.1", "1m", "1n", "1e-9", "300", "1e12", "1e-15", "1e-300", "1e300"))
        case "Range":
            return random.choice(("0:1:3", "1n,2n", "1", "-1:1:5", "1e-9", "0:1:1000000000", "1e6,1e7", "1e300", "0"))
        case "Folder":
            return random.choice(("kept", "x.csv", ".", "kept/deeper", "\udcff"))
        case _:
            names = [*argument.choices, "voltage", "current", "field_z", "on", "off", "parallel", "x"]
            return misspelt(random, random.choice(names))


def setting_words(random: Random, settings: Any, *, quick: bool) -> list[str]:
    """Some options of a bench; sizes with which it is quick first."""
    words = [f"--{name}={SMALL[name][0]}" for name in settings if quick and name in SMALL and random.random() < 0.9]
    for setting in settings.values():
        if random.random() > 0.12 or (setting.name == "engine" and random.random() < 0.8):
            continue
        if setting.argument.metavar:
            words.append(f"{misspelt(random, setting.option)}={_value(random, setting)}")
        else:
            words.append(random.choice((setting.option, f"--no-{setting.option[2:]}")))
    return words


def device_words(random: Random, device: str) -> list[str]:
    """A preset and values of parameters of a device."""
    from synaspice.devices.catalog import find_model

    model, words = find_model(device), []
    if model.presets() and random.random() < 0.5:
        words += ["--preset", misspelt(random, random.choice(sorted(model.presets())))]
    for _ in range(random.choice((0, 0, 0, 1))):
        name = misspelt(random, random.choice([*model.parameter_declarations(), *model.option_declarations(), "x"]))
        value = random.choice((quantity_text(random), random.choice((*ODD, *SLY)), "1", "1e-9", "1e9", "0"))
        words += ["--set", random.choice((f"{name}={value}", f"{name}={value}", f"{name}{value}", ""))]
    return words


def other_words(random: Random, device: str) -> list[str]:
    """A command that measures nothing."""
    from synaspice.circuits.cells.building.cell import CELLS

    cell = random.choice(sorted(CELLS))
    command = random.choice(
        (
            *("devices", "parameters", "cells", "formats", "export", "figure", "costs", "reliability", "gallery"),
            *("summary", "report", "vary", "vary", "fit"),
        )
    )
    words = [misspelt(random, command)]
    match command:
        case "parameters" | "export":
            words += [misspelt(random, device), *device_words(random, device)]
        case "figure":
            words += [random.choice(("no.csv", "", ".", "x", "x.parquet", *ODD)), "-o", "x.png"]
        case "costs" | "reliability":
            words += [misspelt(random, cell), random.choice(("--temperatures", "--temperature")), random.choice(SLY)]
        case "gallery":
            words += ["-o", "out", "--only", random.choice(SLY)]
        case "summary":
            words += [misspelt(random, device), *device_words(random, device)]
            words += [f"--{random.choice(('temperature', 'seed', 'x'))}={random.choice((*ODD, *HUGE))}"]
        case "report":  # what is right runs for long: something is not
            words += [misspelt(random, device), *device_words(random, device), "-o", random.choice(("x.html", *ODD))]
            words += random.choice((["--fit", "no.csv"], ["--fit", random.choice(SLY)], [random.choice(SLY)]))
        case "vary":
            words += [misspelt(random, device), *device_words(random, device), *_varied(random, device)]
        case "fit":
            words += [misspelt(random, device), random.choice(("no.csv", "", *ODD)), *device_words(random, device)]
            words += ["--free", random.choice(("x", "x,x", "", *ODD)), *random.choice(([], ["--column", "voltage=1"]))]
    if random.random() < 0.2:
        words.append(random.choice((*ODD, *SLY)))
    return words


def _varied(random: Random, device: str) -> list[str]:
    """A bench, and how a parameter of a device is scattered for it."""
    from synaspice.devices.catalog import find_model

    kind = random.choice(("normal", "lognormal", "uniform", "mismatch", "x", ""))
    by = random.choice(("5%", "0.1", "2n", "1%*nm 40n*40n", "-1", "1e300", "nan", "", *ODD))
    name = misspelt(random, random.choice([*find_model(device).parameter_declarations(), "x"]))
    words = [misspelt(random, "iv"), "--vary", random.choice((f"{name}={kind} {by}", f"{name}{kind}", f"={by}"))]
    words += ["--samples", random.choice(("2", "3", "0", "-1", "x", *HUGE)), "--voltage=0:1:3"]
    words += random.choice(([], ["--sampler", random.choice(("lhs", "sobol", "corners", "x"))]))
    words += random.choice(([], ["--merit", random.choice(("max current", "mean x", "current at x=1", *ODD))]))
    words += random.choice(
        ([], ["--correlate", f"{name},x=2"], ["--least", "x"], ["--indices", "1"], ["--sigmas", "-1"])
    )
    return words


def output_words(random: Random) -> list[str]:
    """Files to write to."""
    names = (
        "x.csv",
        "x.parquet",
        "x.png",
        "x.svg",
        "x",
        "",
        ".",
        "no/x.csv",
        "x" * 300 + ".csv",
        "\udcff.csv",
        "x.csv/",
    )
    words = []
    for option in ("-o", "--plot"):
        if random.random() < 0.3:
            words += [option, random.choice(names)]
    return words
