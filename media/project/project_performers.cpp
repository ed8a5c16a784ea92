#include <algorithm>

#include "media/base/log.h"
#include "media/project/project_state.h"

namespace understudy::media {

namespace {

Error usage(const std::string& message, const std::string& remedy) {
    return {ErrorCode::usage, message, "performer", remedy};
}

Result<std::optional<int64_t>> idOf(Database& database, const std::string& query,
                                    const std::string& name) {
    US_ASSIGN(Statement find, database.prepare(query));
    US_ASSIGN(const bool found, find.bind(name).step());
    return found ? std::optional(find.integer(0)) : std::nullopt;
}

constexpr const char* kById = "SELECT id FROM performers WHERE name = ?";
constexpr const char* kByFormerName = "SELECT performer FROM former_names WHERE name = ?";

// A name that nothing of the project hangs on any more is free again.
Status freeName(Database& database, const std::string& name) {
    US_ASSIGN(const auto former, idOf(database, kByFormerName, name));
    US_ASSIGN(const auto taken, idOf(database, kById, name));
    if (!former && !taken) {
        return {};
    }
    US_ASSIGN(
        Statement unused,
        database.prepare("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM clips WHERE performer = ?) "
                         "AND NOT EXISTS (SELECT 1 FROM consent WHERE performer = ?) AND NOT "
                         "EXISTS (SELECT 1 FROM assignments WHERE performer = ?) AND NOT "
                         "EXISTS (SELECT 1 FROM former_names WHERE performer = ?)"));
    const int64_t id = taken.value_or(0);
    US_ASSIGN(const bool free, unused.bind(id).bind(id).bind(id).bind(id).step());
    if (former || !free) {
        return usage("the name '" + name + "' " +
                         (former ? "was another performer's" : "is that of another performer"),
                     "Choose another name");
    }
    US_ASSIGN(Statement remove, database.prepare("DELETE FROM performers WHERE id = ?"));
    return remove.bind(id).run();
}

// The roles that the window keeps by name.
Status renameRoles(Database& database, const std::string& from, const std::string& to) {
    US_ASSIGN(Statement roles, database.prepare("UPDATE settings SET value = ? WHERE key IN "
                                                "('role.source', 'role.destination') AND "
                                                "value = ?"));
    return roles.bind(to).bind(from).run();
}

}  // namespace

Status checkPerformerName(const std::string& name) {
    const bool control = std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 32 || c == 127;
    });
    if (name.empty() || name.size() > 100 || control || validUtf8(name) != name) {
        return usage("a performer cannot be called '" + validUtf8(name.substr(0, 100)) + "'",
                     "Use 1 to 100 bytes of readable text");
    }
    return {};
}

Result<int64_t> performerId(Database& database, const std::string& name) {
    for (const char* query : {kById, kByFormerName}) {
        US_ASSIGN(const auto known, idOf(database, query, name));
        if (known) {
            return *known;
        }
    }
    US_ASSIGN(Statement add, database.prepare("INSERT INTO performers(name) VALUES (?)"));
    US_TRY(add.bind(name).run());
    return database.lastRowId();
}

Result<std::vector<std::string>> Project::performers() const {
    std::vector<std::string> names;
    US_ASSIGN(Statement query,
              state_->database->prepare(
                  "SELECT name FROM performers WHERE named <> 0 OR id IN (SELECT performer FROM "
                  "clips WHERE removed = '' UNION SELECT assignments.performer FROM assignments "
                  "JOIN clips ON clips.id = clip WHERE removed = '') ORDER BY id"));
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return names;
        }
        names.push_back(validUtf8(query.text(0)));
    }
}

Status Project::namePerformer(const std::string& name, bool named) {
    US_TRY(checkPerformerName(name));
    return state_->write([&]() -> Status {
        US_ASSIGN(const int64_t id, performerId(*state_->database, name));
        US_ASSIGN(Statement set,
                  state_->database->prepare("UPDATE performers SET named = ? WHERE id = ?"));
        return set.bind(int64_t{named}).bind(id).run();
    });
}

Status Project::renamePerformer(const std::string& from, const std::string& to) {
    US_TRY(checkPerformerName(to));
    return state_->write([&]() -> Status {
        Database& database = *state_->database;
        US_ASSIGN(const auto known, performers());
        if (std::find(known.begin(), known.end(), from) == known.end()) {
            return usage("there is no performer '" + validUtf8(from.substr(0, 100)) + "'",
                         "Look at the performers again");
        }
        US_ASSIGN(const auto id, idOf(database, kById, from));
        US_CHECK(id.has_value());
        // Back to a name of their own.
        US_ASSIGN(Statement own,
                  database.prepare("DELETE FROM former_names WHERE name = ? AND performer = ?"));
        US_TRY(own.bind(to).bind(*id).run());
        US_TRY(freeName(database, to));
        US_ASSIGN(Statement rename,
                  database.prepare("UPDATE performers SET name = ? WHERE id = ?"));
        US_TRY(rename.bind(to).bind(*id).run());
        // Runs, their plans and networks keep the name that was.
        US_ASSIGN(Statement former,
                  database.prepare("INSERT INTO former_names SELECT ?1, ?2 WHERE EXISTS (SELECT 1 "
                                   "FROM runs WHERE source = ?1 OR destination = ?1)"));
        US_TRY(former.bind(from).bind(*id).run());
        US_TRY(renameRoles(database, from, to));
        return appendAudit(database, "performer", from + " is called " + to);
    });
}

Result<std::string> Project::currentName(const std::string& performer) const {
    US_ASSIGN(Statement query, state_->database->prepare(
                                   "SELECT performers.name FROM former_names JOIN performers ON "
                                   "performers.id = performer WHERE former_names.name = ?"));
    US_ASSIGN(const bool former, query.bind(performer).step());
    return former ? validUtf8(query.text(0)) : performer;
}

}  // namespace understudy::media
