// The real service and a client that says what comes into its head: every request with an id is
// answered once, the service stays, and so does its size.
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <iostream>
#include <random>

#include "media/base/file.h"
#include "tests/training/service/service_watch.h"
#include "training/client/socket_path.h"
#include "training/protocol/codec.h"
#include "training/protocol/line_buffer.h"

using namespace understudy;
using namespace understudy::training;
using tests::BackgroundProcess;
using tests::pumpUntil;
using tests::ServiceWatch;
using tests::Workplace;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kMeasured = false;  // what is freed is kept for a while
#else
constexpr bool kMeasured = true;
#endif
constexpr long kMostGrowth = 24 << 10;  // KiB: some jobs are kept, and the allocator's own

long residentKib(pid_t pid) {
    const auto status = readFile("/proc/" + std::to_string(pid) + "/status", 1 << 16);
    REQUIRE(status.ok());
    return std::atol(status->c_str() + status->find("VmRSS:") + 6);
}

// What the service owes for a line: an answer with this id. Nothing for lines that are no request.
std::optional<int64_t> answerFor(const std::string& line) {
    if (line.find_first_not_of('\r') == std::string::npos) {
        return std::nullopt;
    }
    const auto message = decode(line);
    if (!message.ok()) {
        return requestIn(line);
    }
    return std::visit(
        [](const auto& content) -> std::optional<int64_t> {
            using Type = std::remove_cvref_t<decltype(content)>;
            constexpr bool kAnswer =
                std::is_same_v<Type, RequestDone> || std::is_same_v<Type, RequestFailed> ||
                std::is_same_v<Type, JobsListed> || std::is_same_v<Type, DevicesListed>;
            if constexpr (!kAnswer && requires { content.request; }) {
                return content.request;
            } else {
                return std::nullopt;
            }
        },
        *message);
}

// Whether a line would end the service or the connection, which is not what is tried here.
bool isEnd(const std::string& line) {
    const auto message = decode(line);
    if (!message.ok()) {
        return false;
    }
    const auto* hello = std::get_if<Hello>(&*message);
    return std::holds_alternative<StopService>(*message) ||
           (hello != nullptr && hello->protocolVersion != kProtocolVersion);
}

class RandomLines {
  public:
    RandomLines(const Workplace& workplace, unsigned seed) : workplace_(workplace), random_(seed) {}

    std::string next() {
        if (below(4000) == 0) {  // one that is really done
            return encode(started());
        }
        std::string line = below(20) == 0 ? noise() : encode(any(std::type_identity<Message>()));
        for (size_t changes = below(3) == 0 ? 1 + below(4) : 0; changes > 0; --changes) {
            change(line);
        }
        std::erase(line, '\n');
        return isEnd(line) ? "" : line;
    }
    size_t below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  private:
    template <class... Types>
    Message any(std::type_identity<std::variant<Types...>>) {
        const std::vector<Message> all = {Message(Types())...};
        Message message = all[below(all.size())];
        std::visit([this](auto& content) { fill(content); }, message);
        return message;
    }
    template <class Content>
    void fill(Content& content) {
        if constexpr (requires { content.request; }) {
            content.request = ++lastRequest_;
        }
        if constexpr (requires { content.job; }) {
            content.job = "job-" + std::to_string(below(300));
        }
        if constexpr (requires { content.priority; }) {
            const int64_t priorities[] = {0, 5, -1000, 1001, INT64_MIN, INT64_MAX};
            content.priority = priorities[below(std::size(priorities))];
            content.after = std::vector<std::string>(below(3), "job-" + std::to_string(below(300)));
        }
        if constexpr (requires { content.settings; }) {
            content.settings.assign(below(4), "learningRate=2e-5");
        }
        if constexpr (requires { content.limit; }) {
            content.limit = static_cast<int64_t>(below(30));
            content.offset = static_cast<int64_t>(below(300)) - 20;
        }
        if constexpr (requires {
                          content.arguments;
                          content.kind;
                      }) {
            content.kind = below(2) == 0 ? "train" : noise();
            content.project = below(2) == 0 ? "/nowhere" : noise();
        }
    }
    StartJob started() {
        StartJob start = workplace_.extraction("clip" + std::to_string(below(50)), "finish");
        start.request = ++lastRequest_;
        return start;
    }
    std::string noise() {
        std::string text(below(200), ' ');
        for (char& c : text) {
            c = static_cast<char>(random_());
        }
        return text;
    }
    void change(std::string& line) {
        static const std::vector<std::string> kPieces = {
            "null", "-1",   "9223372036854775808", "1e400",         "[]", "{}", "\"", "\\u0000",
            "\xff", "true", std::string(40, '['),  "\"request\":7,"};
        const size_t at = below(line.size() + 1);
        switch (below(5)) {
            case 0:
                line.resize(at);
                return;
            case 1:
                line.insert(at, kPieces[below(kPieces.size())]);
                return;
            case 2:
                line.erase(at, below(20));
                return;
            case 3:
                line += line.substr(at);
                return;
            default:
                if (at < line.size()) {
                    line[at] = static_cast<char>(random_());
                }
        }
    }

    const Workplace& workplace_;
    std::mt19937_64 random_;
    int64_t lastRequest_ = 0;
};

// One connection that waits for the answers to what it has said.
class Talker {
  public:
    Talker() : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = socketPath().string();
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        REQUIRE(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) ==
                0);
        const timeval limit{60, 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        say(encode(Hello{kProtocolVersion, "random", "0"}));
    }

    void say(const std::string& line) {
        text_ += line + '\n';
        if (const auto id = answerFor(line)) {
            ++owed_[*id];
            ++open_;
        }
    }
    // Sends it all and reads until everything is answered; nothing is answered that was not asked.
    void settle() {
        std::string_view rest = text_;
        while (!rest.empty()) {
            const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
            REQUIRE(sent > 0);
            rest.remove_prefix(static_cast<size_t>(sent));
        }
        text_.clear();
        while (open_ > 0) {
            char bytes[1 << 16];
            const ssize_t got = ::recv(socket_.get(), bytes, sizeof bytes, 0);
            INFO(open_ << " answers are missing, the first to " << owed_.begin()->first);
            REQUIRE(got > 0);
            lines_.append({bytes, static_cast<size_t>(got)});
            while (const auto line = lines_.next()) {
                take(*line);
            }
        }
        CHECK(owed_.empty());
    }
    // Says half a line and is gone.
    void leave() {
        [[maybe_unused]] const auto sent = ::send(socket_.get(), "{\"mess", 6, MSG_NOSIGNAL);
        socket_ = FileHandle();
    }

  private:
    void take(const std::string& line) {
        const auto message = decode(line);
        INFO(line.substr(0, 300));
        REQUIRE(message.ok());
        if (!std::holds_alternative<RequestDone>(*message) &&
            !std::holds_alternative<RequestFailed>(*message) &&
            !std::holds_alternative<JobsListed>(*message) &&
            !std::holds_alternative<DevicesListed>(*message)) {
            return;
        }
        const auto owed = owed_.find(requestOf(*message));
        REQUIRE(owed != owed_.end());
        --open_;
        if (--owed->second == 0) {
            owed_.erase(owed);
        }
    }

    FileHandle socket_;
    LineBuffer lines_;
    std::string text_;
    std::map<int64_t, int> owed_;
    int open_ = 0;
};

void talk(int messages, unsigned seed) {
    const Workplace workplace;
    BackgroundProcess service("understudyd", {});
    {
        ServiceWatch watch;
        watch.connectNow();
    }
    constexpr int kTogether = 100;
    RandomLines lines(workplace, seed);
    auto talker = std::make_unique<Talker>();
    long before = 0;
    for (int said = 0; said < messages; said += kTogether) {
        for (int i = 0; i < kTogether; ++i) {
            talker->say(lines.next());
        }
        talker->settle();
        if (lines.below(50) == 0) {
            talker->leave();
            talker = std::make_unique<Talker>();
        }
        if (said <= messages / 4) {
            before = residentKib(service.pid());
        }
    }
    const long after = residentKib(service.pid());
    std::cout << messages << " messages, seed " << seed << ": the service has " << after
              << " KiB, after the first quarter " << before << " KiB\n";
    if (kMeasured) {
        CHECK(after - before < kMostGrowth);
    }
    // It still does what it is asked.
    ServiceWatch watch;
    watch.connectNow();
    const auto job = watch.start(workplace.training("r01", "finish"));
    CHECK(watch.reaches(job, "finished", 60));
    service.signal(SIGTERM);
    CHECK(service.wait(120) == 0);  // LeakSanitizer would say otherwise
}

}  // namespace

TEST_CASE("whatever a client says is answered or passed over, and harms nothing") {
    talk(4000, 1);
}

TEST_CASE("a million messages at random", "[soak]") {
    talk(1'000'000, 2);
}
