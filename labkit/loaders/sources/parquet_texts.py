"""A column of Parquet as the text that the doors read, by casts of whole arrays.

Two things people confuse: a number of 32 bits and one of 64: 0.1 stored in 32 bits is written `0.1`, the shortest text that
reads back as the same number of 32 bits, not `0.10000000149011612`.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

_TEXT = (types.is_string, types.is_large_string, types.is_string_view)
_PLAIN = (
    *_TEXT,
    types.is_integer,
    types.is_floating,
    types.is_decimal,
    types.is_boolean,
    types.is_date,
    types.is_time,
    types.is_timestamp,
    types.is_null,
)
_LONG, _EXACT = 1e14, 1e15  # a cast writes whole numbers with an exponent from the first; from the second they must have one


def is_plain(kind: pa.DataType) -> bool:
    """Tell whether a type is one of texts, numbers, truth values, days and times.

    >>> is_plain(pa.dictionary(pa.int32(), pa.string())), is_plain(pa.list_(pa.string())), is_plain(pa.binary())
    (True, False, False)
    """
    value = kind.value_type if types.is_dictionary(kind) else kind
    return any(test(value) for test in _PLAIN)


def same_family(kind: pa.DataType, other: pa.DataType) -> bool:
    """Tell whether two types hold the same kind of value, however wide: both texts, both whole numbers, both days.

    >>> same_family(pa.int32(), pa.uint64()), same_family(pa.date32(), pa.int32()), same_family(pa.string(), pa.large_string())
    (True, False, True)
    """
    values = [one.value_type if types.is_dictionary(one) else one for one in (kind, other)]
    families = [[any(test(one) for test in _TEXT), *(test(one) for test in _PLAIN[len(_TEXT) :])] for one in values]
    return families[0] == families[1]


def to_texts(column: pa.Array) -> pa.Array:
    """Return a column as texts; null is ``, and a number that is not one (NaN) is `nan`, for the door to refuse.

    >>> to_texts(pa.array([12.0, 0.5, None, 123456789012345.0, 1234567890123456.0])).to_pylist()
    ['12', '0.5', '', '123456789012345', '1.234567890123456e+15']
    >>> to_texts(pa.array([1709627400], pa.timestamp("s", "Asia/Shanghai"))).to_pylist()
    ['2024-03-05 16:30:00+08:00']
    """
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if types.is_float16(column.type):
        column = column.cast(pa.float32())
    texts = column.cast(pa.string())
    if types.is_floating(column.type):
        texts = _with_long_numbers(column, texts)
    if types.is_time(column.type) or types.is_timestamp(column.type):
        texts = pc.replace_substring_regex(texts, r"(\.[0-9]*?)0+([Z+-].*)?$", r"\1\2")
        texts = pc.replace_substring_regex(texts, r"\.([Z+-].*)?$", r"\1")
        texts = pc.replace_substring_regex(texts, r"Z$", "+00:00")
        texts = pc.replace_substring_regex(texts, r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2")
    return texts.fill_null("")


def _with_long_numbers(column: pa.Array, texts: pa.Array) -> pa.Array:
    size = pc.abs(column)
    long = pc.and_(pc.and_(pc.greater_equal(size, _LONG), pc.less(size, _EXACT)), pc.equal(pc.floor(column), column))
    if not pc.any(long).as_py():
        return texts
    whole = pc.if_else(long, column, 0).cast(pa.int64(), safe=False)
    return pc.if_else(long, whole.cast(pa.string()), texts)
