// The part of the service that keeps the queue in order: who is next, who waits for whom, what is
// listed.
#include <algorithm>
#include <cstdlib>

#include "media/base/log.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"
#include "training/service/service_private.h"

namespace understudy::training {
namespace {

constexpr int64_t kPageLimit = 1000;
constexpr size_t kPageBytes = kMessageLimit / 4;  // results may be long

Error refused(const std::string& why, const std::string& remedy) {
    return {ErrorCode::usage, why, "", remedy};
}

bool waits(const JobInfo& info) {
    return info.state == "queued" || info.state == "paused";
}

Turn turnOf(const SupervisedJob& job) {
    return {job.info().priority, job.info().place};
}

std::string namedTitle(const JobInfo& info) {
    return info.title.empty() ? info.job : info.job + " (" + info.title + ")";
}

}  // namespace

// Those that wait, in the order of their turns.
std::vector<SupervisedJob*> Service::Private::line() const {
    std::vector<SupervisedJob*> waiting;
    for (const auto& job : jobs) {
        if (waits(job->info())) {
            waiting.push_back(job.get());
        }
    }
    std::sort(waiting.begin(), waiting.end(),
              [](const auto* a, const auto* b) { return comesBefore(a->info(), b->info()); });
    return waiting;
}

Result<std::string> Service::Private::changeJob(const ChangeJob& request) {
    US_ASSIGN(SupervisedJob * job, find(request.job));
    if (!waits(job->info())) {
        return refused(request.job + " is " + job->info().state + " and does not wait",
                       "'understudy-cli queue list' shows those that do");
    }
    Turn turn = turnOf(*job);
    if (request.priority) {
        US_TRY(checkPriority(*request.priority));
        turn.priority = *request.priority;
    }
    std::vector<std::string> after = job->info().after;
    if (request.after) {
        US_ASSIGN(after, awaited(*request.after));
        if (wouldWaitForItself(request.job, after, whoWaits())) {
            return refused(request.job + " would wait for itself",
                           "One of those waits for it: take that away first");
        }
    }
    if (!request.move.empty()) {
        US_ASSIGN(turn, movedTurn(*job, request));
    }
    // What cannot be kept is not promised.
    StoredJob changed = job->stored();
    changed.info.priority = turn.priority;
    changed.info.place = turn.place;
    changed.info.after = after;
    US_TRY(store->save(changed));
    if (turn != turnOf(*job)) {
        job->setTurn(turn.priority, turn.place);
    }
    if (after != job->info().after) {
        job->setAfter(std::move(after));
    }
    return request.job;
}

WaitsFor Service::Private::whoWaits() const {
    return [this](const std::string& name) {
        const auto other = byNumber.find(numberOfJob(name));
        return other == byNumber.end() ? std::vector<std::string>() : other->second->info().after;
    };
}

Result<Turn> Service::Private::movedTurn(const SupervisedJob& job, const ChangeJob& request) {
    std::vector<SupervisedJob*> others = line();
    std::erase(others, &job);
    size_t index = 0;
    if (request.move == "last") {
        index = others.size();
    } else if (request.move == "before") {
        const auto found = std::find_if(others.begin(), others.end(), [&](const auto* other) {
            return other->info().job == request.before;
        });
        if (found == others.end()) {
            return refused("'" + request.before + "' is no other job that waits",
                           "'understudy-cli queue list' shows those that do");
        }
        index = static_cast<size_t>(found - others.begin());
    } else if (request.move != "first") {
        return refused("a job cannot be moved '" + request.move + "'",
                       "It can be moved first, last, or before another");
    }
    const Turn own{request.priority.value_or(job.info().priority), job.info().place};
    const auto turnHere = [&] {
        std::vector<Turn> turns;
        for (const auto* other : others) {
            turns.push_back(turnOf(*other));
        }
        return turnAt(turns, index, own);
    };
    auto turn = turnHere();
    if (!turn) {
        US_TRY(respace(others));
        turn = turnHere();
    }
    return *turn;
}

// After very many moves to one place: the numbers between two neighbours have run out.
Status Service::Private::respace(const std::vector<SupervisedJob*>& line) {
    std::vector<StoredJob> changed;
    for (const auto* job : line) {
        StoredJob& copy = changed.emplace_back(job->stored());
        copy.info.place = static_cast<double>(changed.size());
    }
    US_TRY(store->save(changed));
    for (size_t i = 0; i < line.size(); ++i) {
        line[i]->setPlace(changed[i].info.place);
        tellState(*line[i]);
    }
    return {};
}

// Each once, without those that have finished. Errors: usage for one that is not there or will not
// finish.
Result<std::vector<std::string>> Service::Private::awaited(const std::vector<std::string>& names) {
    std::vector<std::string> open;
    for (const auto& name : names) {
        US_ASSIGN(const SupervisedJob* job, find(name));
        const std::string& state = job->info().state;
        if (state == "failed" || state == "cancelled") {
            return refused(name + " is " + state + ": waiting for it has no end",
                           "'understudy-cli queue retry " + name + "' puts it back");
        }
        if (state != "finished" && std::find(open.begin(), open.end(), name) == open.end()) {
            open.push_back(name);
        }
    }
    return open;
}

void Service::Private::settleDependencies() {
    if (ending) {
        return;
    }
    std::vector<SupervisedJob*> waiting;
    for (const auto& job : jobs) {
        const JobInfo& info = job->info();
        const bool held = info.state == "paused" && !info.heldBy.empty();
        if (!info.after.empty() && (info.state == "queued" || held)) {
            waiting.push_back(job.get());
        }
    }
    for (SupervisedJob* job : waiting) {
        settleDependenciesOf(*job);
    }
}

void Service::Private::settleDependenciesOf(SupervisedJob& job) {
    std::vector<std::string> open;
    std::string failed;
    Error why{ErrorCode::missingInput, "", "",
              "'understudy-cli queue retry' with its name repeats that one and then this, with "
              "this job's name it goes on without it"};
    for (const auto& name : job.info().after) {
        const auto found = find(name);
        const std::string state = found.ok() ? (*found)->info().state : "not there any more";
        if (found.ok() && state == "finished") {
            continue;
        }
        open.push_back(name);
        if (failed.empty() && (!found.ok() || isOver(state))) {
            failed = name;
            why.where = name;
            why.message = (found.ok() ? namedTitle((*found)->info()) : name) +
                          ", which it waits for, " + (state == "failed" ? state : "is " + state);
        }
    }
    if (open.size() != job.info().after.size()) {
        job.setAfter(std::move(open));
    }
    if (!failed.empty() && job.info().state == "queued") {
        logInfo(job.info().job + " is held: " + why.message);
        job.holdFor(failed, why);
    } else if (failed.empty() && !job.info().heldBy.empty()) {
        job.goOnAfterHold();
    }
}

// Who waited for one job waits for the other now.
void Service::Private::passOn(const std::string& from, const std::string& to) {
    for (const auto& job : jobs) {
        std::vector<std::string> after = job->info().after;
        if (job->info().job != to && std::count(after.begin(), after.end(), from) > 0) {
            std::replace(after.begin(), after.end(), from, to);
            job->setAfter(std::move(after));
        }
    }
}

std::set<std::string> Service::Private::awaitedByOthers() const {
    std::set<std::string> names;
    for (const auto& job : jobs) {
        if (waits(job->info())) {
            names.insert(job->info().after.begin(), job->info().after.end());
        }
    }
    return names;
}

void Service::Private::list(ClientSession& client, const ListJobs& request) {
    ListJobs asked = request;
    asked.offset = std::max<int64_t>(request.offset, 0);
    asked.limit = std::clamp<int64_t>(request.limit, 1, kPageLimit);
    auto stored = store->page(asked);
    if (!stored.ok()) {
        client.send(RequestFailed{request.request, jobError(stored.error())});
        return;
    }
    JobsListed page;
    page.request = request.request;
    page.total = stored->total;
    size_t bytes = 0;
    for (auto& info : stored->jobs) {
        // The store has what was last kept.
        const auto known = byNumber.find(numberOfJob(info.job));
        const JobInfo& now = known == byNumber.end() ? info : known->second->info();
        bytes += jobInfoToJson(now).size();
        if (!page.jobs.empty() && bytes > kPageBytes) {
            break;  // the client asks on from here
        }
        page.jobs.push_back(now);
    }
    client.send(page);
}

}  // namespace understudy::training
