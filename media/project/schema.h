// The tables of a project and how older ones become the current (private to media/project).
#pragma once

#include <span>
#include <string>

#include "media/project/database.h"

namespace understudy::media {

constexpr int64_t kApplicationId = 0x55535444;  // "USTD": says that a file is ours
constexpr int kSchemaVersion = 11;

// From schema `from` to `from + 1`.
struct Migration {
    int from = 0;
    std::string sql;
};
std::span<const Migration> migrations();

// Makes the tables of an empty database, in one transaction.
Status createSchema(Database& database);

// The stored schema version. Errors: corruptData for files that are not a project and for schemas
// newer than `newest`, naming the version of the program that wrote them.
Result<int> schemaVersion(Database& database, int newest = kSchemaVersion);

// Brings an older schema to `target` in one transaction, after a copy of the whole database was
// written beside it (project.v<version>.backup.db). Safe when several processes do it at once.
Status migrate(Database& database, std::span<const Migration> steps, int target);

}  // namespace understudy::media
