// Ranks other than 0: they have no say, no history and no checkpoints.
#include "training/engine/trainer/trainer_state.h"

namespace understudy::training {

Status Trainer::State::follow() {
    US_TRY(loadPlanAndSelection());
    US_ASSIGN([[maybe_unused]] const bool changed, applyDueChanges(0));
    US_TRY(makeEngine());
    while (true) {
        US_ASSIGN(const RankOrder order, own.team->take());
        switch (order.kind) {
            case RankOrder::Kind::share:
                changesApplied = -1;  // it may be an earlier step than the last
                US_TRY(adoptDueChanges(order.step));
                meter.forget();
                engine->share();
                break;
            case RankOrder::Kind::step:
                US_TRY(adoptDueChanges(order.step));
                engine->expect(order.step + 1, order.nextWarpStrength);
                meter.add(engine->step(order.step, order.learningRate, order.warpStrength));
                break;
            case RankOrder::Kind::reread: {
                US_ASSIGN(changes, readChanges(runFolder.changes()));
                changesApplied = -1;
                break;
            }
            case RankOrder::Kind::losses:
                meter.read(engine->comm());
                break;
            case RankOrder::Kind::validate:
                engine->validate();
                break;
            case RankOrder::Kind::finish:
                return {};
        }
    }
}

}  // namespace understudy::training
