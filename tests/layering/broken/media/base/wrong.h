// A fixture: every include here breaks the table, and the layering test must name each.
#include <QString>

#include "training/plan/plan.h"
