// SQLite as values and Results (private to media/project): every failure is told apart by what the
// user can do about it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "media/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace understudy::media {

class Database;

class Statement {
  public:
    Statement& bind(int64_t value);
    Statement& bind(double value);
    Statement& bind(const std::string& text);
    Statement& bindBlob(std::span<const std::byte> bytes);
    Statement& bindNull();
    // True while there is a row. Binding starts anew after `reset`.
    Result<bool> step();
    // Runs to the end and resets.
    Status run();
    void reset();

    int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;
    bool isNull(int column) const;
    // Valid until the next step.
    std::span<const std::byte> blob(int column) const;

  private:
    friend class Database;
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const;
    };
    Statement(Database* database, sqlite3_stmt* statement)
        : database_(database), statement_(statement) {}

    Database* database_;
    std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
    int bound_ = 0;
};

class Database {
  public:
    // immutable: a file that nothing changes, for folders where not even a lock can be written.
    enum class Access { create, readWrite, readOnly, immutable };

    static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, Access access);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() = default;

    const std::filesystem::path& path() const { return path_; }
    Status run(const std::string& sql);
    Result<Statement> prepare(const std::string& sql);
    Result<int64_t> integer(const std::string& sql);
    // `body` between BEGIN IMMEDIATE and COMMIT; an error of either rolls back.
    Status transaction(const std::function<Status()>& body);
    int64_t lastRowId() const;
    // The last failure in the words of the user.
    Error error() const;

  private:
    struct Closer {
        void operator()(sqlite3* handle) const;
    };
    Database() = default;
    std::filesystem::path path_;
    std::unique_ptr<sqlite3, Closer> handle_;
};

// The same for a damaged or foreign file, found by ourselves.
Error damagedProject(const std::string& what, const std::filesystem::path& path);

}  // namespace understudy::media
