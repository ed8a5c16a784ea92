#include <algorithm>
#include <cctype>

#include "media/base/log.h"
#include "media/base/sha256.h"
#include "media/project/project_state.h"

namespace understudy::media {

namespace {

// Lengths keep one field from being read as part of its neighbour.
std::string entryHash(const std::string& before, const AuditEntry& entry) {
    Sha256 sum;
    for (const std::string& part :
         {before, std::to_string(entry.id), entry.time, entry.action, entry.detail}) {
        sum.add(std::to_string(part.size()) + ":" + part + "\n");
    }
    return sum.finish();
}

}  // namespace

Status appendAudit(Database& database, const std::string& action, const std::string& detail) {
    US_ASSIGN(Statement last,
              database.prepare("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1"));
    US_ASSIGN(const bool any, last.step());
    AuditEntry entry;
    entry.id = any ? last.integer(0) + 1 : 1;
    entry.time = timeNow();
    entry.action = validUtf8(action);
    entry.detail = validUtf8(detail);
    entry.hash = entryHash(any ? last.text(1) : "", entry);
    last.reset();
    US_ASSIGN(Statement add, database.prepare("INSERT INTO audit VALUES (?,?,?,?,?)"));
    return add.bind(entry.id)
        .bind(entry.time)
        .bind(entry.action)
        .bind(entry.detail)
        .bind(entry.hash)
        .run();
}

Status checkRunName(const std::string& name) {
    const bool safe = std::all_of(name.begin(), name.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 128 && (std::isalnum(byte) != 0 || c == '.' || c == '_' || c == '-');
    });
    if (!name.empty() && name.size() <= 64 && safe && name[0] != '.' && name[0] != '-') {
        return {};
    }
    return Error{ErrorCode::usage,
                 "a run cannot be called '" + validUtf8(name.substr(0, 100)) + "'", "run",
                 "Use up to 64 letters, digits, dots, dashes and underscores, for example r01"};
}

Status Project::addRun(const RunRecord& run) {
    US_TRY(checkRunName(run.name));
    return state_->write([&]() -> Status {
        US_ASSIGN(Statement taken, state_->database->prepare("SELECT 1 FROM runs WHERE name = ?"));
        US_ASSIGN(const bool found, taken.bind(run.name).step());
        if (found) {
            return Error{ErrorCode::usage, "there is a run '" + run.name + "' already",
                         state_->folder.string(), "Go on with it by resuming, or use another name"};
        }
        US_ASSIGN(Statement add,
                  state_->database->prepare("INSERT INTO runs(name, source, destination, created) "
                                            "VALUES (?,?,?,?)"));
        return add.bind(run.name)
            .bind(validUtf8(run.source))
            .bind(validUtf8(run.destination))
            .bind(run.created.empty() ? timeNow() : validUtf8(run.created))
            .run();
    });
}

Result<std::vector<RunRecord>> Project::runs() const {
    US_ASSIGN(Statement query,
              state_->database->prepare(
                  "SELECT name, coalesce((SELECT performers.name FROM former_names JOIN performers "
                  "ON performers.id = performer WHERE former_names.name = source), source), "
                  "coalesce((SELECT performers.name FROM former_names JOIN performers ON "
                  "performers.id = performer WHERE former_names.name = destination), destination), "
                  "created FROM runs ORDER BY id"));
    std::vector<RunRecord> runs;
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return runs;
        }
        const RunRecord run{query.text(0), validUtf8(query.text(1)), validUtf8(query.text(2)),
                            validUtf8(query.text(3))};
        // A name becomes a folder: one that could lead elsewhere is damage.
        if (!checkRunName(run.name).ok()) {
            return damagedProject("the record of a run is damaged", state_->database->path());
        }
        runs.push_back(run);
    }
}

Status Project::audit(const std::string& action, const std::string& detail) {
    return state_->write([&] { return appendAudit(*state_->database, action, detail); });
}

Result<std::vector<AuditEntry>> Project::auditLog() const {
    US_ASSIGN(Statement query, state_->database->prepare(
                                   "SELECT id, time, action, detail, hash FROM audit ORDER BY id"));
    std::vector<AuditEntry> entries;
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return entries;
        }
        entries.push_back(
            {query.integer(0), query.text(1), query.text(2), query.text(3), query.text(4)});
    }
}

Status Project::verifyAudit() const {
    US_ASSIGN(const std::vector<AuditEntry> entries, auditLog());
    // The table's own counter remembers entries that were cut off its end.
    US_ASSIGN(const int64_t written,
              state_->database->integer("SELECT seq FROM sqlite_sequence WHERE name = 'audit'"));
    std::string before;
    int64_t id = 0;
    for (const AuditEntry& entry : entries) {
        if (entry.id != ++id || entry.hash != entryHash(before, entry)) {
            break;
        }
        before = entry.hash;
        if (id == written) {
            break;
        }
    }
    const auto count = static_cast<int64_t>(entries.size());
    if (count == written && id == written && (entries.empty() || before == entries.back().hash)) {
        return {};
    }
    return Error{ErrorCode::corruptData,
                 "the audit log was changed at entry " + std::to_string(std::max<int64_t>(id, 1)),
                 state_->database->path().string(),
                 "Keep this file as it is and tell whoever is responsible for security"};
}

}  // namespace understudy::media
