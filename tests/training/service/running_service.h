// A service in the test's own process.
#pragma once

#include <QObject>
#include <catch2/catch.hpp>
#include <memory>

#include "tests/training/service/service_watch.h"
#include "training/service/service.h"

namespace understudy::tests {

// At a workplace of its own, with one client.
struct RunningService {
    Workplace workplace;
    training::ServiceOptions options;
    std::unique_ptr<training::Service> service;
    ServiceWatch watch;

    explicit RunningService(training::ServiceOptions how = {}) : options(how) {
        options.retrySeconds = 0.01;
        begin();
        watch.connectNow();
    }
    ~RunningService() { end(); }
    void begin() {
        service = std::make_unique<training::Service>(options);
        const auto started = service->start();
        INFO((started.ok() ? "" : describe(started.error())));
        REQUIRE(started.ok());
    }
    void end() {
        if (service) {
            bool finished = false;
            QObject::connect(service.get(), &training::Service::finished, [&] { finished = true; });
            service->shutDown();
            CHECK(pumpUntil([&] { return finished; }));
            service.reset();
        }
    }
};

}  // namespace understudy::tests
