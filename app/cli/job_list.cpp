#include "app/cli/job_list.h"

#include <algorithm>
#include <iostream>
#include <map>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "media/base/paths.h"
#include "media/project/project.h"
#include "training/prepare/price.h"

namespace understudy::cli {
namespace {

using training::JobInfo;

// Which of them is at that place of the list of those that wait.
std::vector<size_t> turnsOf(const std::vector<JobInfo>& jobs) {
    std::vector<size_t> order;
    for (size_t i = jobs.size(); i-- > 0;) {  // the oldest first
        if (jobs[i].state == "queued") {
            order.push_back(i);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return jobs[a].priority != jobs[b].priority ? jobs[a].priority > jobs[b].priority
                                                    : jobs[a].place < jobs[b].place;
    });
    return order;
}

std::string priorityText(int64_t priority) {
    return priority == training::kPriorityStep    ? "high"
           : priority == -training::kPriorityStep ? "low"
                                                  : "priority " + std::to_string(priority);
}

// As far as the project can be read here.
std::string currencyOf(const std::string& folder) {
    const auto project = media::Project::open(folder, true);
    const auto currency = project.ok() ? training::currencyOf(*project, siteSettingsFiles())
                                       : Result<std::string>(training::kUsualCurrency);
    return currency.ok() ? *currency : training::kUsualCurrency;
}

}  // namespace

Json jobsToJson(const std::vector<JobInfo>& jobs, bool complete) {
    std::vector<Json> positions(jobs.size());
    if (complete) {
        int64_t position = 0;
        for (const size_t i : turnsOf(jobs)) {
            positions[i] = ++position;
        }
    }
    Json array = Json::array();
    for (size_t i = 0; i < jobs.size(); ++i) {
        array.push_back(jobToJson(jobs[i]));
        if (complete) {
            array.back()["position"] = positions[i];
        }
    }
    return {{"jobs", array}};
}

void printJobs(const Json& result) {
    if (result["jobs"].empty()) {
        std::cout << "No jobs\n";
    }
    std::map<std::string, std::string> currencies;  // by project
    for (const auto& job : result["jobs"]) {
        std::cout << job["job"].get<std::string>() << "  " << job["state"].get<std::string>();
        if (job.contains("position") && job["position"].is_number()) {
            std::cout << " (" << job["position"] << ")";
        }
        std::cout << "  " << job["title"].get<std::string>();
        if (job["priority"] != training::kNormalPriority) {
            std::cout << ", " << priorityText(job["priority"].get<int64_t>());
        }
        if (job["total"].is_number() && job["total"].get<double>() > 0) {
            std::cout << ", " << shortNumber(job["done"], 0) << " of "
                      << shortNumber(job["total"], 0) << " " << job["unit"].get<std::string>();
        }
        if (job.contains("cost") && job["cost"].is_number()) {
            const auto project = job["project"].get<std::string>();
            if (currencies.count(project) == 0) {
                currencies[project] = currencyOf(project);
            }
            std::cout << ", cost "
                      << training::costText(job["cost"].get<double>(), currencies[project]);
        }
        if (job.contains("error")) {
            std::cout << ": " << job["error"]["message"].get<std::string>();
        } else if (job["state"] == "queued" && !job["text"].get<std::string>().empty()) {
            std::cout << ": " << job["text"].get<std::string>();
        }
        std::cout << '\n';
    }
}

}  // namespace understudy::cli
