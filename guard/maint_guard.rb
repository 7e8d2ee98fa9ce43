# frozen_string_literal: true

# Tells Ruby code whether a maintenance is under way, and ends a scheduled job that was begun in one:
#
#   require_relative "maint_guard"
#   MaintGuard.exit_in_maintenance
#
# Not for jobs of a queue: one that returns without having worked is lost. Those wait in their queue.
module MaintGuard
  # Empty, "false" and "0" are not a maintenance: apps have MAINTENANCE=false in ordinary times.
  def self.maintenance?(env = ENV)
    value = env.fetch(variable(env), "")
    !(value.empty? || value == "0" || value.casecmp("false") == 0)
  end

  def self.exit_in_maintenance(env = ENV)
    return unless maintenance?(env)

    $stderr.puts "maint-guard: #{variable(env)} is set: nothing was done"
    exit 0
  end

  # Another config var than MAINTENANCE is named in MAINT_GUARD_VARIABLE. Raises ArgumentError for what is no name: it is never set.
  def self.variable(env = ENV)
    name = env.fetch("MAINT_GUARD_VARIABLE", "")
    return "MAINTENANCE" if name.empty?
    return name if name.match?(/\A[A-Za-z_][A-Za-z0-9_]*\z/)

    raise ArgumentError, "MAINT_GUARD_VARIABLE should be the name of a config var, such as MAINTENANCE"
  end
end
