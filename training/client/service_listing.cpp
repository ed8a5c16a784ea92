// Lists of jobs, page by page, while they change.
#include <algorithm>

#include "training/client/service_client_private.h"

namespace understudy::training {
namespace {

constexpr int64_t kPage = 100;
constexpr int kListRestarts = 3;

bool isAskedFor(const ListJobs& what, const JobInfo& info) {
    return (what.project.empty() || what.project == info.project) &&
           (what.states.empty() ||
            std::find(what.states.begin(), what.states.end(), info.state) != what.states.end());
}

ListJobs recentJobs() {
    ListJobs recent;
    recent.over = kRecentJobs;
    return recent;
}

// The list with what was heard while it was read; new jobs come first.
std::vector<JobInfo> merged(std::vector<JobInfo> jobs, const std::vector<JobInfo>& changed) {
    for (const auto& info : changed) {
        const auto found = std::find_if(jobs.begin(), jobs.end(),
                                        [&](const auto& known) { return known.job == info.job; });
        if (found != jobs.end()) {
            *found = info;
        } else {
            jobs.insert(jobs.begin(), info);
        }
    }
    return jobs;
}

}  // namespace

Error strangeAnswer() {
    return {ErrorCode::environment, "the service gave an answer to another question", "",
            "Restart the service"};
}

void forget(std::vector<JobInfo>& jobs, const std::string& job) {
    std::erase_if(jobs, [&](const JobInfo& info) { return info.job == job; });
}

void ServiceClient::Private::listOn(const std::shared_ptr<Listing>& listing) {
    ListJobs list = listing->what;
    list.offset = listing->offset;
    list.limit = kPage;
    request(list, [this, listing](const Result<Message>& reply) {
        const auto* page = reply.ok() ? std::get_if<JobsListed>(&*reply) : nullptr;
        if (page == nullptr) {
            endList(listing, reply.ok() ? strangeAnswer() : reply.error());
            return;
        }
        // Where some went, others moved up past the page that was asked for.
        if (page->total < listing->total && listing->restarts++ < kListRestarts) {
            listing->jobs.clear();
            listing->known.clear();
            listing->offset = listing->total = 0;
            listOn(listing);
            return;
        }
        // Where some came, others moved down into the next page and are told again.
        for (const auto& info : page->jobs) {
            forget(listing->changed, info.job);
            if (!listing->known.insert(info.job).second) {
                forget(listing->jobs, info.job);
            }
            listing->jobs.push_back(info);
        }
        listing->total = page->total;
        listing->offset += static_cast<int64_t>(page->jobs.size());
        if (!page->jobs.empty() && listing->offset < page->total) {
            listOn(listing);
        } else {
            dropUnasked(*listing);
            endList(listing, merged(listing->jobs, listing->changed));
        }
    });
}

// What was heard of other jobs, and those that became others while the list was read.
void ServiceClient::Private::dropUnasked(Listing& listing) {
    std::erase_if(listing.changed, [&](const JobInfo& info) {
        const bool unasked = !isAskedFor(listing.what, info);
        if (unasked) {
            forget(listing.jobs, info.job);
        }
        return unasked;
    });
}

void ServiceClient::Private::endList(const std::shared_ptr<Listing>& listing,
                                     Result<std::vector<JobInfo>> jobs) {
    listings.remove(listing);
    listing->answer(std::move(jobs));
}

void ServiceClient::listPage(ListJobs what, Page answer) {
    private_->request(std::move(what), [answer = std::move(answer)](const Result<Message>& reply) {
        const auto* page = reply.ok() ? std::get_if<JobsListed>(&*reply) : nullptr;
        answer(page != nullptr ? Result<JobsListed>(*page)
               : reply.ok()    ? strangeAnswer()
                               : reply.error());
    });
}

void ServiceClient::listJobs(Jobs answer) {
    listJobs(recentJobs(), std::move(answer));
}

void ServiceClient::listJobs(ListJobs what, Jobs answer) {
    auto listing = std::make_shared<Private::Listing>();
    listing->what = std::move(what);
    listing->answer = std::move(answer);
    private_->listings.push_back(listing);
    private_->listOn(listing);
}

}  // namespace understudy::training
