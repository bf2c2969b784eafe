#include "model/nodes/registrar.hpp"

#include <algorithm>
#include <span>

#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::ensure;

// Requests with a lifetime of an hour or more are never too brief (RFC 3261 10.3 step 7).
constexpr DelayMs kOneHour = 3'600'000;
constexpr DelayMs kDefaultExpires = 3'600'000;

bool out_of_order(const Binding& binding, const RegisterRequest& request) {
    if (binding.present == 0 || binding.call_id != request.call_id ||
        binding.cseq > request.boot.last) {
        return false;
    }
    return binding.cseq < request.boot.first
               ? request.same_call_id
               : request.keeps_cseq || request.cseq <= binding.cseq;
}

void remove(AorRecord& record, std::uint8_t slot, RegisterOutcome& outcome) {
    Binding& binding = record.bindings[slot];
    if (binding.present != 0) {
        outcome.cancelled.push_back(slot);
    }
    if (binding.present == kRecent) {
        outcome.windows_ended.push_back(slot);
    }
    binding = {};
}

RegisterOutcome failed(Status status, DelayMs expires = 0) {
    RegisterOutcome outcome;
    outcome.status = status;
    outcome.expires = expires;
    return outcome;
}

RegisterOutcome out_of_order(const RegistrarConfig& config) {
    RegisterOutcome outcome = failed(config.out_of_order);
    outcome.out_of_order = true;
    return outcome;
}

bool looks_at_cseqs(const RegistrarConfig& config) {
    return config.out_of_order != Status::ok_200;
}

// Step 6: `Contact: *` must come alone and with Expires 0, and removes every binding unless one
// of them was written by a later request of the same Call-ID.
RegisterOutcome remove_all(AorRecord& record, const RegistrarConfig& config,
                           const RegisterRequest& request) {
    if (request.contact || request.expires != 0) {
        return failed(Status::bad_request_400);
    }
    const bool stale = std::ranges::any_of(record.bindings, [&](const Binding& binding) {
        return out_of_order(binding, request);
    });
    if (stale && looks_at_cseqs(config)) {
        return out_of_order(config);
    }
    RegisterOutcome outcome;
    for (std::uint8_t slot = 0; slot < kContactsPerRecord; ++slot) {
        remove(record, slot, outcome);
    }
    outcome.removed = outcome.cancelled;
    outcome.reordered = stale;
    return outcome;
}

// Step 7, the lifetime: the registrar may shorten it, and may refuse what is too brief.
DelayMs lifetime(const RegistrarConfig& config, DelayMs requested) {
    const DelayMs raised = requested < config.min_expires && requested < kOneHour &&
                                   config.too_brief == TooBrief::raise
                               ? config.min_expires
                               : requested;
    return std::min(raised, config.max_expires);
}

// The binding that a request asks for.
RegisterOutcome store(Binding& binding, const RegistrarConfig& config,
                      const RegisterRequest& request, DelayMs requested) {
    constexpr DelayMs kFraction = 999;  // of a second; whole seconds of a clock are counted
    const std::uint8_t slot = *request.contact;
    const DelayMs early = config.whole_seconds ? kFraction : 0;
    RegisterOutcome outcome;
    outcome.expires = lifetime(config, requested);
    if (config.stores_bindings) {
        const bool recent = config.repeat_window > 0;
        binding = {recent ? kRecent : kStored, request.call_id, request.cseq, 0};
        outcome.scheduled.push_back(
            {slot, {outcome.expires - early, outcome.expires + config.expiry_sweep}});
        outcome.window_begins = recent ? std::optional(slot) : std::nullopt;
    }
    return outcome;
}

// A request that was stored a moment ago is taken for a repetition, whatever it asks for now.
RegisterOutcome repeated(const RegistrarConfig& config, DelayMs requested) {
    RegisterOutcome outcome;
    outcome.expires = lifetime(config, requested);
    outcome.repeated = true;
    return outcome;
}

// Step 7 for the contact of the request.
RegisterOutcome update(AorRecord& record, const RegistrarConfig& config,
                       const RegisterRequest& request) {
    const std::uint8_t slot = *request.contact;
    ensure(slot < kContactsPerRecord, "a contact has a slot");
    const DelayMs requested = request.expires.value_or(kDefaultExpires);
    if (refuses_as_too_brief(config, requested)) {
        return failed(Status::interval_too_brief_423, config.min_expires);
    }
    Binding& binding = record.bindings[slot];
    const Slots replaced = request.instance.count > 0 ? request.instance : Slots{slot, 1};
    const std::span present(record.bindings.data() + replaced.first, replaced.count);
    const bool stale = std::ranges::any_of(present, [&](const Binding& each) {
        return out_of_order(each, request);
    });
    if (stale && looks_at_cseqs(config)) {
        const bool is_equal = request.keeps_cseq || request.cseq == binding.cseq;
        const bool is_repetition = binding.present == kRecent && is_equal;
        return is_repetition ? repeated(config, requested) : out_of_order(config);
    }
    const bool is_new = std::ranges::none_of(present, &Binding::present);
    if (is_new && requested > 0 && request.reached != nullptr) {
        return failed(request.reached->answer, request.reached->retry_after);
    }
    RegisterOutcome removed;
    for (std::uint8_t i = 0; i < replaced.count; ++i) {
        remove(record, static_cast<std::uint8_t>(replaced.first + i), removed);
    }
    removed.reordered = stale;
    if (requested == 0) {
        removed.removed = removed.cancelled;
        return removed;
    }
    RegisterOutcome outcome = store(binding, config, request, requested);
    outcome.cancelled = removed.cancelled;
    outcome.windows_ended = removed.windows_ended;
    outcome.reordered = stale;
    return outcome;
}

}  // namespace

RegistrarConfig registrar_config(const Server& server) {
    RegistrarConfig config;
    config.min_expires = server.min_expires;
    config.max_expires = server.max_expires;
    config.too_brief = server.too_brief;
    config.expiry_sweep = server.expiry_sweep;
    config.whole_seconds = server.whole_seconds;
    config.stores_bindings = server.stores_bindings;
    config.out_of_order = server.out_of_order;
    config.repeat_window = server.repeat_window;
    return config;
}

bool refuses_as_too_brief(const RegistrarConfig& config, DelayMs requested) {
    const bool is_refused = config.too_brief == TooBrief::reject_423_always ||
                            (config.too_brief == TooBrief::reject_423 && requested < kOneHour);
    return is_refused && requested > 0 && requested < config.min_expires;
}

// Steps 1 to 5 (domain, Require, authentication, authorisation, canonical AOR) come before, see
// SipModel::admits; the record passed in is the one that they find.
RegisterOutcome step(AorRecord& record, const RegistrarConfig& config,
                     const RegisterRequest& request) {
    if (request.wildcard) {
        return remove_all(record, config, request);
    }
    if (!request.contact) {
        return {};  // step 6: no Contact, go to step 8, the 200 with the current bindings
    }
    return update(record, config, request);
}

void expire(AorRecord& record, std::uint8_t slot) {
    ensure(record.bindings[slot].present != 0, "a binding that expires is present");
    record.bindings[slot] = {};
}

std::vector<std::uint8_t> forget_bindings(AorRecord& record) {
    std::vector<std::uint8_t> slots;
    for (std::uint8_t slot = 0; slot < kContactsPerRecord; ++slot) {
        if (record.bindings[slot].present != 0) {
            slots.push_back(slot);
            record.bindings[slot] = {};
            record.bindings[slot].lost = 1;
        }
    }
    return slots;
}

}  // namespace failback::model
