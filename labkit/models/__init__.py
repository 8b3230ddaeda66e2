"""Statistics that know no sewer: arrays in, small frozen results out."""
