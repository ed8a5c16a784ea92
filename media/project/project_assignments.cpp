#include <algorithm>

#include "media/base/log.h"
#include "media/project/project_state.h"

namespace understudy::media {

namespace {

// Empty names nobody. Errors: usage, naming the performers there are.
Result<std::optional<int64_t>> performerNamed(Database& database, const std::string& name,
                                              const std::vector<std::string>& known) {
    if (name.empty()) {
        return std::optional<int64_t>();
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
        std::string names;
        for (const std::string& each : known) {
            names += (names.empty() ? "" : ", ") + each;
        }
        return Error{
            ErrorCode::usage,
            "there is no performer '" + validUtf8(name.substr(0, 100)) + "' in this project",
            database.path().string(),
            names.empty() ? "Import clips first" : "The performers are " + names};
    }
    US_ASSIGN(Statement find, database.prepare("SELECT id FROM performers WHERE name = ?"));
    US_ASSIGN(const bool found, find.bind(name).step());
    US_CHECK(found);
    return std::optional(find.integer(0));
}

}  // namespace

Status removeAssignments(Database& database, int64_t clip) {
    US_ASSIGN(Statement clear, database.prepare("DELETE FROM assignments WHERE clip = ?"));
    return clear.bind(clip).run();
}

Result<std::map<int64_t, std::string>> Project::assignments(const std::string& clip) const {
    US_ASSIGN(const int64_t id, state_->clipId(clip));
    US_ASSIGN(Statement query,
              state_->database->prepare(
                  "SELECT frame, assignments.performer, performers.name FROM assignments "
                  "LEFT JOIN performers ON performers.id = assignments.performer WHERE clip = ?"));
    query.bind(id);
    std::map<int64_t, std::string> performers;
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return performers;
        }
        const int64_t frame = query.integer(0);
        if (!query.isNull(1) && query.isNull(2)) {
            return damagedProject("the performer of frame " + std::to_string(frame) + " of clip '" +
                                      validUtf8(clip) + "' is damaged",
                                  state_->database->path());
        }
        performers[frame] = query.isNull(2) ? std::string() : validUtf8(query.text(2));
    }
}

Status Project::assignFaces(const std::string& clip, std::span<const int64_t> frames,
                            const std::string& performer) {
    return state_->write([&]() -> Status {
        Database& database = *state_->database;
        US_ASSIGN(const ClipRecord record, this->clip(clip));
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        US_ASSIGN(const auto known, performers());
        US_ASSIGN(const std::string named, currentName(performer));
        US_ASSIGN(const auto whose, performerNamed(database, named, known));
        const bool own = named == record.performer;
        US_ASSIGN(Statement set,
                  database.prepare(own ? "DELETE FROM assignments WHERE clip = ? AND frame = ?"
                                       : "INSERT OR REPLACE INTO assignments VALUES (?,?,?)"));
        for (const int64_t frame : frames) {
            set.bind(id).bind(frame);
            if (!own && whose) {
                set.bind(*whose);
            } else if (!own) {
                set.bindNull();
            }
            US_TRY(set.run());
        }
        return {};
    });
}

Status Project::clearAssignments(const std::string& clip) {
    return state_->write([&]() -> Status {
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        return removeAssignments(*state_->database, id);
    });
}

Result<std::vector<FaceTruth>> Project::facesOf(const std::string& clip,
                                                const std::string& performer, bool rejected) const {
    US_ASSIGN(const ClipRecord record, this->clip(clip));
    US_ASSIGN(const std::string wanted, currentName(performer));
    US_ASSIGN(std::vector<FaceTruth> found, faces(clip));
    US_ASSIGN(const auto reviewed, review(clip));
    US_ASSIGN(const auto assigned, assignments(clip));
    std::erase_if(found, [&](const FaceTruth& face) {
        const auto state = reviewed.find(face.frame);
        const auto whose = assigned.find(face.frame);
        return face.how == FoundHow::missed ||
               (!rejected && state != reviewed.end() && state->second == ReviewState::reject) ||
               (whose == assigned.end() ? record.performer : whose->second) != wanted;
    });
    return found;
}

}  // namespace understudy::media
