#include "report/version.h"

const char *const vafit_version = VAFIT_VERSION;
