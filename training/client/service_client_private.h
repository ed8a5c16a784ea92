// What the parts of ServiceClient share; for its own files.
#pragma once

#include <QElapsedTimer>
#include <QLocalSocket>
#include <QTimer>
#include <list>
#include <map>
#include <unordered_set>

#include "training/client/service_client.h"
#include "training/protocol/codec.h"
#include "training/protocol/line_buffer.h"

namespace understudy::training {

// Of a reply that is none to what was asked.
Error strangeAnswer();
void forget(std::vector<JobInfo>& jobs, const std::string& job);

struct ServiceClient::Private {
    // Answers are given the reply itself: RequestDone, RequestFailed or a list.
    using Reply = std::function<void(const Result<Message>&)>;

    // A walk through the pages of a list that changes meanwhile.
    struct Listing {
        ListJobs what;
        std::vector<JobInfo> jobs;
        std::unordered_set<std::string> known;  // that are among them
        std::vector<JobInfo> changed;           // since their page was read, or never in one
        int64_t offset = 0;
        int64_t total = 0;
        int restarts = 0;
        Jobs answer;
    };

    Private(ServiceClient* owner, std::string name) : self(owner), program(std::move(name)) {}

    void setState(State next);
    void tryConnect();
    void onLost();
    void startService();
    void readAll();
    void handle(const Message& message);
    void welcome(const Hello& hello);
    void resolve(int64_t request, const Result<Message>& reply);
    void rejectAll();
    void request(Message message, Reply reply);
    template <class Request>
    void requestJob(Request message, Answer answer);
    void listOn(const std::shared_ptr<Listing>& listing);
    static void dropUnasked(Listing& listing);
    void endList(const std::shared_ptr<Listing>& listing, Result<std::vector<JobInfo>> jobs);
    void write(const Message& message);
    void heard();
    void onQuiet();

    ServiceClient* self;
    std::string program;
    QLocalSocket socket;
    LineBuffer lines;
    QTimer retry;
    QTimer helloLimit;
    QTimer quiet;
    Patience patience;
    bool asked = false;  // because it was quiet
    QElapsedTimer sinceStart;
    bool wanted = false;
    bool startIfAbsent = false;
    bool watchesTelemetry = false;
    State state = State::disconnected;
    int attempt = 0;
    int64_t lastRequest = 0;
    std::map<int64_t, Reply> pending;
    std::list<std::shared_ptr<Listing>> listings;
};

}  // namespace understudy::training
