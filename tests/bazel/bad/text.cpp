int text() { return 1; }
