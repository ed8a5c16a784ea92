#include "training/engine/model/parallel.h"

namespace understudy::training {

void parallelFor(int64_t count, const std::function<void(int64_t)>& work) {
#pragma omp parallel for schedule(static) if (count > 1)
    for (int64_t i = 0; i < count; ++i) {
        work(i);
    }
}

}  // namespace understudy::training
