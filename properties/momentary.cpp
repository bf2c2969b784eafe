#include "properties/momentary.hpp"

namespace failback::properties {

std::size_t atoms_in(const Expression& expression) {
    std::size_t atoms = expression.op == Expression::Op::atom ? 1 : 0;
    for (const Expression& operand : expression.operands) {
        atoms += atoms_in(operand);
    }
    return atoms;
}

std::size_t momentary_atom(const Expression& momentary) {
    std::size_t before = 0;
    for (const Expression& operand : momentary.operands) {
        if (is_momentary(operand)) {
            return before + momentary_atom(operand);
        }
        before += atoms_in(operand);
    }
    return before;
}

}  // namespace failback::properties
