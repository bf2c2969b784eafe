// Somebody who registers an address of record that is not theirs.
#include "model/file/design_parts.hpp"

namespace failback::model {

void read_attack(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    constexpr DelayMs kFraction = 999;  // of a second, as a registrar may count
    fault.server = required_reference(reader, "server", parts.servers);
    const auto line = required_reference(reader, "line", parts.lines);
    fault.at = reader.interval("at", fault.at, {0, true});
    fault.replaces = reader.boolean("replaces", fault.replaces);
    reader.refuse("lasts", "the server decides how long the binding lasts");
    for (const char* key : {"phone", "gateway", "window", "bindings", "direction", "retry_after"}) {
        reader.refuse(key, R"(a "rogue-register" is one request to a server)");
    }
    if (fault.server && line) {
        const LineIndex& index = parts.line_indices[*line];
        const Server& server = parts.design.servers[*fault.server];
        require_listed(parts, reader, index.phone, *fault.server);
        fault.aor = parts.design.phones[index.phone].lines[index.line].aor;
        // It asks for as long as it can.
        fault.lasts = {server.max_expires - (server.whole_seconds ? kFraction : 0),
                       server.max_expires + server.expiry_sweep};
    }
}

}  // namespace failback::model
