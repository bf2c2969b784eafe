#include "properties/setting.hpp"

#include <utility>

namespace failback::properties {

namespace {

model::Scope scope_of(const model::Design& design, const model::Scope& roots, Breadth breadth) {
    switch (breadth) {
        case Breadth::slice:
            return model::slice(design, roots);
        case Breadth::context:
            return model::context(design, model::slice(design, roots));
        case Breadth::whole:
            break;
    }
    model::Scope whole = model::whole(design);
    whole.flows.insert(roots.flows.begin(), roots.flows.end());
    return whole;
}

Setting build(const model::Design& design, const std::vector<Property>& properties,
              model::Scope scope, Extent extent) {
    bool reduced = extent.reduce;
    bool until_dialled = true;
    for (const Property& property : properties) {
        reduced = reduced && !observes_registrar(property) &&
                  !observes_late_calls(property, design);
        until_dialled = until_dialled && observes_registrations_at_dialling_only(property);
    }
    Setting setting;
    setting.scope = std::move(scope);
    setting.sip = std::make_unique<model::SipModel>(
        design, setting.scope, reduced ? model::Fidelity::reduced : model::Fidelity::full,
        until_dialled);
    setting.monitored =
        std::make_unique<MonitoredModel>(*setting.sip, properties, extent.measure);
    return setting;
}

}  // namespace

Setting make_setting(const model::Design& design, const std::vector<Property>& properties,
                     Extent extent) {
    model::Scope roots;
    for (const Property& property : properties) {
        const model::Scope reads = roots_of(property, design);
        roots.parts.insert(reads.parts.begin(), reads.parts.end());
        roots.servers.insert(reads.servers.begin(), reads.servers.end());
        roots.phones.insert(reads.phones.begin(), reads.phones.end());
        roots.flows.insert(reads.flows.begin(), reads.flows.end());
        roots.gateways.insert(reads.gateways.begin(), reads.gateways.end());
        roots.dns = roots.dns || reads.dns;
    }
    return build(design, properties, scope_of(design, roots, extent.breadth), extent);
}

Setting make_abstract_setting(const model::Design& design, const Property& property,
                              const std::set<model::Part>& abstracted, bool reduce) {
    const model::Scope roots = roots_of(property, design);
    model::Scope scope = model::abstract(design, roots, model::slice(design, roots), abstracted);
    return build(design, {property}, std::move(scope), {Breadth::slice, reduce, false});
}

}  // namespace failback::properties
