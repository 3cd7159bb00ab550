#!/usr/bin/env python3
"""Prints what tells one version of a file from another: the beginning of its SHA-256."""

import hashlib
import sys

with open(sys.argv[1], 'rb') as file:
    print(hashlib.sha256(file.read()).hexdigest()[:16])
