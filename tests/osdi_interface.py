"""A reader of compiled devices (OSDI 0.3 and 0.4) for Pythons that osdi-py has no release for: what tests use of it.

The structures are those of the C that the package writes; the modules of another compiler are read with them as well.
"""

from __future__ import annotations

import re

import cffi

from synaspice.devices.targets.modules.osdi_template import INTERFACE

CALC_RESIST_RESIDUAL, CALC_REACT_RESIDUAL, CALC_RESIST_JACOBIAN, CALC_REACT_JACOBIAN = 1, 2, 4, 8
ANALYSIS_DC, ANALYSIS_AC, ANALYSIS_TRAN, ANALYSIS_STATIC = 2048, 4096, 8192, 32768
_SET_IN_MODEL, _SET_IN_INSTANCE, _GET = 1, 5, 4
_KIND, _KIND_INSTANCE, _OUT_OF_BOUNDS, _RESISTIVE = 3 << 30, 1 << 30, 1, 4

ffi = cffi.FFI()
ffi.cdef(re.sub(r"(?m)^#.*$", "", INTERFACE) + "extern OsdiDescriptor OSDI_DESCRIPTORS[]; extern void *osdi_log;")
#: No simulator parameters: lists that end at once.
_END = ffi.new("char *[1]")
_SETTINGS = ffi.new("OsdiSimParas *", {"names": _END, "names_str": _END})
_logs = []


@ffi.callback("void(void *, char *, uint32_t)")
def _log(handle, message, level):
    _logs.append({"message": ffi.string(message).decode(), "level": level})


def clear_logs():
    _logs.clear()


def get_logs():
    return list(_logs)


def _text(pointer):
    return ffi.string(pointer).decode() if pointer else ""


class OsdiLibrary:
    """The first device of a compiled file."""

    def __init__(self, file):
        self._library = ffi.dlopen(file)
        self.descriptor = self._library.OSDI_DESCRIPTORS[0]
        self._library.osdi_log = ffi.cast("void *", _log)
        self.name = _text(self.descriptor.name)
        self.num_terminals = self.descriptor.num_terminals

    def get_nodes(self):
        return [_text(self.descriptor.nodes[k].name) for k in range(self.descriptor.num_nodes)]

    def get_params(self):
        found = []
        for k in range(self.descriptor.num_params):
            one = self.descriptor.param_opvar[k]
            texts = {"name": _text(one.name[0]), "units": _text(one.units), "description": _text(one.description)}
            found.append(texts | {"is_instance": one.flags & _KIND == _KIND_INSTANCE})
        return found

    def get_noise_sources(self):
        return [_text(self.descriptor.noise_sources[k].name) for k in range(self.descriptor.num_noise_src)]

    def get_jacobian_entries(self):
        """The entries of ``write_jacobian_array_resist``, in order; "col" is the equation's node, as in osdi-py."""
        entries = [self.descriptor.jacobian_entries[k] for k in range(self.descriptor.num_jacobian_entries)]
        return [{"col": e.nodes.node_1, "row": e.nodes.node_2} for e in entries if e.flags & _RESISTIVE]

    def create_model(self):
        return OsdiModel(self)


class _Values:
    """What a model and an instance have in common: parameters, and a set-up that refuses values out of bounds."""

    def set_real_param(self, number, value):
        self._at(number, self._set)[0] = value

    def _at(self, number, flags):
        found = self.library.descriptor.access(self.instance, self.model, number, flags)
        assert found, f"parameter {number} cannot be read here"
        return ffi.cast("double *", found)

    def _judge(self, result):
        for k in range(result.num_errors):
            name = self.library.get_params()[result.errors[k].parameter_id]["name"]
            assert result.errors[k].code == _OUT_OF_BOUNDS
            raise RuntimeError(f"parameter '{name}' is out of bounds")
        assert not result.flags


class OsdiModel(_Values):
    """The values of a model's card."""

    _set = _SET_IN_MODEL

    def __init__(self, library):
        self.library, self.instance = library, ffi.NULL
        self._memory = ffi.new("double[]", library.descriptor.model_size // 8 + 1)
        self.model = ffi.cast("void *", self._memory)

    def process_params(self):
        result = ffi.new("OsdiInitInfo *")
        self.library.descriptor.setup_model(ffi.NULL, self.model, _SETTINGS, result)
        self._judge(result)

    def create_instance(self):
        return OsdiInstance(self)


class OsdiInstance(_Values):
    """One device in a circuit of its own."""

    _set = _SET_IN_INSTANCE

    def __init__(self, model):
        self.library, self._card, self.model = model.library, model, model.model
        self._memory = ffi.new("double[]", model.library.descriptor.instance_size // 8 + 1)
        self.instance = ffi.cast("void *", self._memory)

    def get_real_param(self, number):
        return self._at(number, _GET)[0]

    def process_params(self, temperature, terminals):
        result = ffi.new("OsdiInitInfo *")
        arguments = ffi.NULL, self.instance, self.model, temperature, terminals, _SETTINGS, result
        self.library.descriptor.setup_instance(*arguments)
        self._judge(result)

    def init_node_mapping(self, terminals):
        """Every node at its own place: terminals come first, and no nodes are joined."""
        assert list(terminals) == list(range(self.library.num_terminals))
        places = ffi.cast("uint32_t *", self._address(self.library.descriptor.node_mapping_offset))
        for k in range(self.library.descriptor.num_nodes):
            places[k] = k

    def eval(self, voltages, flags, time):
        self._voltages = ffi.new("double[]", [float(v) for v in voltages])
        states = [ffi.new("double[]", self.library.descriptor.num_states + 1) for _ in range(2)]
        info = ffi.new("OsdiSimInfo *")
        info.paras, info.abstime, info.flags = _SETTINGS[0], time, flags
        info.prev_solve, info.prev_state, info.next_state = self._voltages, *states
        self.library.descriptor.eval(ffi.NULL, self.instance, self.model, info)

    def load_residual_resist(self, base):
        return self._loaded(self.library.descriptor.load_residual_resist, base)

    def load_residual_react(self, base):
        return self._loaded(self.library.descriptor.load_residual_react, base)

    def write_jacobian_array_resist(self):
        """As simulators read it, through a pointer for every entry: 0.3 has no arrays, and 0.4's may be miscounted."""
        descriptor = self.library.descriptor
        count = descriptor.num_jacobian_entries
        values = ffi.new("double[]", count)
        pointers = ffi.cast("double **", self._address(descriptor.jacobian_ptr_resist_offset))
        for k in range(count):
            pointers[k] = values + k
        descriptor.load_jacobian_resist(self.instance, self.model)
        return [values[k] for k in range(count) if descriptor.jacobian_entries[k].flags & _RESISTIVE]

    def _loaded(self, load, base):
        values = ffi.new("double[]", base)
        load(self.instance, self.model, values)
        return list(values)

    def _address(self, offset):
        return ffi.cast("char *", self.instance) + offset
