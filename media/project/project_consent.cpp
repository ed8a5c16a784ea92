#include "media/base/log.h"
#include "media/project/project_state.h"

namespace understudy::media {

namespace {

constexpr const char* kColumns =
    "consent.id, performers.name, representative, replica_type, production, described_use, scope, "
    "signed, document_hash, expires, minor, guardian, reason, revoked, approver, created, document";

ConsentRecord ofRow(const Statement& row) {
    ConsentRecord consent;
    consent.id = row.integer(0);
    std::string* const texts[] = {
        &consent.performer, &consent.representative, &consent.replicaType, &consent.production,
        &consent.use,       &consent.scope,          &consent.signedOn,    &consent.documentHash,
        &consent.expires};
    int column = 1;
    for (std::string* text : texts) {
        *text = validUtf8(row.text(column++));
    }
    consent.minor = row.integer(column++) != 0;
    for (std::string* text : {&consent.guardian, &consent.reason, &consent.revoked,
                              &consent.approver, &consent.created}) {
        *text = validUtf8(row.text(column++));
    }
    consent.document = row.text(column);  // a path is bytes
    return consent;
}

Result<int64_t> knownPerformer(Database& database, const std::string& name) {
    US_ASSIGN(Statement find, database.prepare("SELECT id FROM performers WHERE name = ?"));
    US_ASSIGN(const bool found, find.bind(name).step());
    if (!found) {
        return Error{ErrorCode::usage, "there is no performer '" + validUtf8(name) + "'",
                     database.path().string(), "Import a clip of theirs first"};
    }
    return find.integer(0);
}

std::string summary(const ConsentRecord& consent) {
    std::string text = consent.performer + ": ";
    if (!consent.revoked.empty()) {
        text += "revoked on " + consent.revoked;
    } else {
        text += "signed on " + consent.signedOn +
                (consent.expires.empty() ? ", without end" : ", until " + consent.expires);
    }
    return text + ", for " + consent.use +
           (consent.documentHash.empty() ? "" : ", sheet " + consent.documentHash);
}

}  // namespace

Result<std::vector<ConsentRecord>> Project::consents() const {
    US_ASSIGN(Statement query,
              state_->database->prepare(std::string("SELECT ") + kColumns +
                                        " FROM consent JOIN performers ON performers.id = "
                                        "consent.performer ORDER BY consent.id"));
    std::vector<ConsentRecord> consents;
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return consents;
        }
        consents.push_back(ofRow(query));
    }
}

Result<ConsentRecord> Project::putConsent(const ConsentRecord& wish, const std::string& author) {
    US_TRY(checkConsent(wish));
    ConsentRecord consent = wish;
    if (std::filesystem::path(wish.document).is_absolute()) {
        consent.document = keptPath(state_->folder, wish.document);
    }
    consent.created = wish.created.empty() ? timeNow() : validUtf8(wish.created);
    const Status status = state_->write([&]() -> Status {
        US_ASSIGN(const int64_t performer, knownPerformer(*state_->database, consent.performer));
        US_ASSIGN(Statement put,
                  state_->database->prepare(
                      "INSERT OR REPLACE INTO consent(id, performer, representative, replica_type, "
                      "production, described_use, scope, signed, document_hash, expires, minor, "
                      "guardian, reason, revoked, approver, created, document) "
                      "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
        consent.id == 0 ? put.bindNull() : put.bind(consent.id);
        put.bind(performer);
        for (const std::string* text :
             {&consent.representative, &consent.replicaType, &consent.production, &consent.use,
              &consent.scope, &consent.signedOn, &consent.documentHash, &consent.expires}) {
            put.bind(validUtf8(*text));
        }
        put.bind(int64_t{consent.minor});
        for (const std::string* text : {&consent.guardian, &consent.reason, &consent.revoked,
                                        &consent.approver, &consent.created}) {
            put.bind(validUtf8(*text));
        }
        US_TRY(put.bindBlob(std::as_bytes(std::span(consent.document))).run());
        if (consent.id == 0) {
            consent.id = state_->database->lastRowId();
        }
        return appendAudit(*state_->database, "consent", summary(consent) + ", by " + author);
    });
    return status.ok() ? Result<ConsentRecord>(consent) : status.error();
}

Status Project::removeConsent(int64_t id, const std::string& author) {
    return state_->write([&]() -> Status {
        US_ASSIGN(Statement find,
                  state_->database->prepare(
                      "SELECT performers.name FROM consent JOIN performers ON performers.id = "
                      "consent.performer WHERE consent.id = ?"));
        US_ASSIGN(const bool found, find.bind(id).step());
        if (!found) {
            return Error{ErrorCode::usage, "there is no such consent",
                         state_->database->path().string(), "Look at the performers again"};
        }
        const std::string performer = validUtf8(find.text(0));
        find.reset();
        US_ASSIGN(Statement remove, state_->database->prepare("DELETE FROM consent WHERE id = ?"));
        US_TRY(remove.bind(id).run());
        return appendAudit(*state_->database, "consent",
                           performer + ": the record was taken away, by " + author);
    });
}

}  // namespace understudy::media
