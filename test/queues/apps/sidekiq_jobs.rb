# An app with one job, which says that it has begun and then holds until it is let go. It beats faster than Sidekiq does by
# itself, so that no test has to wait for that.
require "sidekiq"
require "sidekiq/api"

URL = ENV.fetch("REDIS_URL")
Sidekiq.configure_client { |config| config.redis = { url: URL } }
Sidekiq.configure_server { |config| config.redis = { url: URL } }

if Sidekiq.server?
  Sidekiq::Launcher.send(:remove_const, :BEAT_PAUSE)
  Sidekiq::Launcher.const_set(:BEAT_PAUSE, 0.1)
end

class HoldJob
  include Sidekiq::Worker
  sidekiq_options retry: 3

  def perform(name)
    aside = Redis.new(url: ENV.fetch("ASIDE_URL"))
    aside.lpush("begun", name)
    aside.blpop("go:#{name}", timeout: 600)
    raise "told to fail" if name.start_with?("fail")
  end
end
